using System.Runtime.InteropServices;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Views and batches for the tests of a worker's parts.</summary>
internal static class Steps
{
    /// <summary>A view of life 1 of every shard with these parameters.</summary>
    public static WorkerView View(ShardMap map, float[] parameters, long version = 0)
    {
        var view = new WorkerView(map);
        Apply(view, map, parameters, version);
        return view;
    }

    /// <summary>All shards answered: so many updates are in the parameters, tickets 0 and up.</summary>
    public static void Apply(WorkerView view, ShardMap map, float[] parameters, long version, int incarnation = 1)
    {
        for (int shard = 0; shard < map.Count; shard++)
        {
            ViewHeader header = new()
            {
                Kind = PayloadKind.Dense,
                Shard = shard,
                ShardIncarnation = incarnation,
                Version = version,
                TicketWatermark = version,
                Length = map[shard].Length,
                EntryCount = map[shard].Length,
                PayloadSize = map[shard].Length * sizeof(float),
            };
            byte[] frame = new byte[ViewFrame.SizeOf(0, header.PayloadSize)];
            ViewFrame.WriteHeader(frame, header);
            MemoryMarshal.AsBytes(parameters.AsSpan(map[shard].Start, map[shard].Length)).CopyTo(frame.AsSpan(ViewFrame.HeaderSize));
            Assert.True(view.TryApply(frame, out _));
        }
    }

    /// <summary>Positions of epoch 0, asynchronous.</summary>
    public static BatchRange Single(int start, int length) => new(new Lease(0, 0, start, start + length, -1, 0, 1), start, start + length);

    /// <summary>Positions of epoch 0, one slot of a round.</summary>
    public static BatchRange InRound(long round, int slotCount, int start, int length) =>
        new(new Lease(0, 0, start, start + length, round, 0, slotCount), start, start + length);

    public static float[] Bell(int length, ulong seed, double scale = 1)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(scale * random.NextGaussian()))];
    }

    public static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));

    public static double NormSquared(TicketRecord record)
    {
        double sum = 0;
        foreach (ref readonly SliceRecord slice in record.Slices)
        {
            sum += slice.NormSquared;
        }

        return sum;
    }
}
