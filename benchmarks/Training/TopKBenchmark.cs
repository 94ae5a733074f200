using System.Diagnostics;
using System.Text.Json;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>One exact top-k update on one thread: residual added, coordinates chosen, frame written, what is sent taken out of the residual.</summary>
/// <remarks>
/// Normal gradients, another in each update. The peer only chooses from magnitudes that lie ready, and neither adds nor writes.
/// </remarks>
internal static class TopKBenchmark
{
    private const int Gradients = 3;
    private const int RunsMin = 5;
    private const int RunsMax = 101;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(3);

    public static string Run(int length, int count)
    {
        var codec = new TopKCodec(length, count);
        float[][] gradients = [.. Enumerable.Range(0, Gradients).Select(i => Normal(length, (ulong)i))];
        float[] gradient = new float[length];
        var range = new ShardRange(0, length);
        byte[] payload = [];
        List<double> times = [];
        var all = Stopwatch.StartNew();
        for (int i = -Gradients; i < RunsMax && (i < RunsMin || all.Elapsed < Enough); i++)
        {
            gradients[(i + Gradients) % Gradients].CopyTo(gradient, 0); // a worker has just computed it
            long start = Stopwatch.GetTimestamp();
            if (!codec.TryBegin(ref gradient, 1))
            {
                throw new InvalidOperationException($"Update {i} is not finite.");
            }

            int size = codec.PayloadSize(range);
            if (payload.Length < size)
            {
                payload = new byte[size];
            }

            codec.Write(range, payload.AsSpan(0, size));
            if (i >= 0) // the first fill the residual and have everything compiled
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        times.Sort();
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = "top-k",
            length,
            count,
            milliseconds = times[times.Count / 2],
            runs = times.Count,
        });
    }

    private static float[] Normal(int length, ulong stream)
    {
        var random = new SeededRandom(1, stream);
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (float)random.NextGaussian();
        }

        return values;
    }
}
