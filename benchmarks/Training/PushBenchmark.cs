using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansSgd.Core.Frames;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>One push to a shard grain of the same process, against a memcpy of the whole slice.</summary>
/// <remarks>
/// The push is timed fused with its pull: the answer carries the whole slice, or of a sparse push the coordinates that changed. Then
/// it is timed alone: the pusher already has the newest version, as a worker that pulls elsewhere would say. Then the memcpy. Medians; each by itself, as
/// the peer's, because a copy between two pushes would take what they need out of the caches.
/// </remarks>
internal static class PushBenchmark
{
    private const int Runs = 201;
    private const int WarmUp = 20;

    /// <param name="fraction">Share of the coordinates that is pushed; 1 for a dense frame.</param>
    public static async Task<string> RunAsync(int length, double fraction)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, _ => { });
        IShardGrain shard = grid.Grains.GetGrain<IShardGrain>("benchmark/shard/0");
        await shard.Start(new ShardStart(0, 1, new byte[length * sizeof(float)], 0, 0, [], [0], AnswerFraction: 1));
        Payload payload = fraction < 1 ? Payload.Sparse(length, Math.Max(1, (int)(length * fraction))) : Payload.Dense(length);
        byte[] frame = new byte[PushFrame.HeaderSize + payload.Bytes.Length];
        payload.Bytes.CopyTo(frame.AsSpan(PushFrame.HeaderSize));
        float[] from = new float[length];
        float[] to = new float[length];
        long sequence = 0;
        double[] fused = await RunAllAsync(ahead: 0);
        double[] pushes = await RunAllAsync(ahead: 1);
        double[] copies = [.. Enumerable.Range(0, Runs).Select(_ => Time(() => from.CopyTo(to, 0)))];

        // Of each push, ahead: how many versions newer than the slice the pusher says its view is.
        async Task<double[]> RunAllAsync(int ahead)
        {
            double[] times = new double[Runs];
            for (int i = -WarmUp; i < Runs; i++, sequence++)
            {
                double time = await TimePushAsync(shard, frame, payload, sequence, viewVersion: sequence + ahead);
                times[Math.Max(i, 0)] = time; // what warms up is overwritten
            }

            return times;
        }

        double Median(double[] times) => times.Order().ElementAt(times.Length / 2);
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = "push",
            length,
            fraction,
            microseconds = Median(fused),
            memcpyMicroseconds = Median(copies),
            pushMicroseconds = Median(pushes),
            pushAndPullMicroseconds = Median(fused),
            pushToMemcpy = Median(pushes) / Median(copies),
            pushAndPullToMemcpy = Median(fused) / Median(copies),
        });
    }

    private static async Task<double> TimePushAsync(
        IShardGrain shard, byte[] frame, Payload payload, long sequence, long viewVersion)
    {
        PushFrame.WriteHeader(frame, new PushHeader
        {
            Kind = payload.Kind,
            ShardIncarnation = 1,
            Incarnation = 1,
            Sequence = sequence,
            Ticket = sequence,
            Round = -1,
            SlotCount = 1,
            ViewVersion = sequence,
            Rate = 0.1f,
            SampleCount = 1,
            Length = payload.Length,
            EntryCount = payload.EntryCount,
            PayloadSize = payload.Bytes.Length,
        });
        var request = new PushRequest(frame, viewVersion, 1);
        long start = Stopwatch.GetTimestamp();
        ValueTask<ShardAnswer> answer = shard.Push(request);
        ShardAnswer done = answer.IsCompletedSuccessfully ? answer.Result : await answer;
        double microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        ViewHeader header = ViewFrame.ReadHeader(done.Frame.Span);
        if (header.Version != sequence + 1)
        {
            throw new InvalidOperationException($"Push {sequence} was not applied: outcome {header.Outcome}.");
        }

        return microseconds;
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    // What every push carries; values so small that a million pushes change little.
    private sealed record Payload(PayloadKind Kind, int Length, int EntryCount, byte[] Bytes)
    {
        private const float Value = 1e-6f;

        public static Payload Dense(int length)
        {
            byte[] bytes = new byte[length * sizeof(float)];
            MemoryMarshal.Cast<byte, float>(bytes.AsSpan()).Fill(Value);
            return new(PayloadKind.Dense, length, length, bytes);
        }

        // Evenly spread, as far from each other as they can be: no two on one line of the cache when there are few.
        public static Payload Sparse(int length, int count)
        {
            byte[] bytes = new byte[count * FramePayload.EntrySize];
            Span<uint> indices = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, count * sizeof(uint)));
            for (int i = 0; i < count; i++)
            {
                indices[i] = (uint)((long)i * length / count);
            }

            MemoryMarshal.Cast<byte, float>(bytes.AsSpan(count * sizeof(uint))).Fill(Value);
            return new(PayloadKind.Sparse, length, count, bytes);
        }
    }
}
