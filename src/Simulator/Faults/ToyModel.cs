using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Simulator.Faults;

/// <summary>A quadratic ½‖x − t‖² with noise from the samples; small, and exact where exactness is what is checked.</summary>
/// <remarks>
/// Asynchronous updates are whole numbers, so that their sums are exact in any order and a sum that differs by one update
/// differs. Synchronous ones are fractions, so that another order of additions is seen in the bits.
/// </remarks>
internal sealed class ToyModel(FaultPlan plan)
{
    public const int Dimension = 12;

    public ShardMap Map { get; } = new(Dimension, plan.Run.Shards);

    /// <summary>x₀, [d].</summary>
    public float[] Initial { get; } = new float[Dimension];

    /// <summary>The update of one batch at a view, [d], in parameter units.</summary>
    public float[] Update(ReadOnlySpan<float> view, in BatchRange batch)
    {
        var order = new SeededPermutation(plan.Samples, plan.Run.Seed, (ulong)batch.Lease.Epoch);
        long noise = 0;
        for (int position = batch.Start; position < batch.End; position++)
        {
            noise = (noise * 31) + order[position];
        }

        float[] update = new float[Dimension];
        for (int i = 0; i < Dimension && batch.Length > 0; i++)
        {
            bool isSent = !plan.IsSparse || (batch.Start + i) % 3 == 0;
            update[i] = isSent ? At(view[i] - Target(i), (noise + (7 * i)) % 5 - 2, batch.Lease) : 0;
        }

        return update;
    }

    /// <summary>Kind, entry count and bytes of one shard's part of an update.</summary>
    public (PayloadKind Kind, int EntryCount, byte[] Payload) Encode(ReadOnlySpan<float> part)
    {
        if (!plan.IsSparse)
        {
            byte[] dense = new byte[part.Length * sizeof(float)];
            MemoryMarshal.AsBytes(part).CopyTo(dense);
            return (PayloadKind.Dense, part.Length, dense);
        }

        uint[] indices = new uint[part.Length];
        float[] values = new float[part.Length];
        int count = 0;
        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] != 0)
            {
                indices[count] = (uint)i;
                values[count++] = part[i];
            }
        }

        byte[] payload = new byte[count * FramePayload.EntrySize];
        Buffer.BlockCopy(indices, 0, payload, 0, count * sizeof(uint));
        Buffer.BlockCopy(values, 0, payload, count * sizeof(uint), count * sizeof(float));
        return (count == 0 ? PayloadKind.None : PayloadKind.Sparse, count, payload);
    }

    // Slow enough to stay stable at delays of a hundred updates.
    private float At(float distance, long noise, in Lease lease) => plan.Run.Mode != RunPlan.Bsp
        ? MathF.Floor(Math.Clamp(distance, -8000, 8000) / 128) + noise
        : ((0.05f * distance) + (0.37f * noise)) / lease.SlotCount;

    private static float Target(int i) => (900 * (i % 5)) - 1700;
}
