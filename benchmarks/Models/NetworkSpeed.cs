using System.Diagnostics;
using System.Globalization;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Benchmarks.Models;

/// <summary>Samples per second of sessions of a deep network, each on a thread of its own: what as many workers can do at most.</summary>
/// <remarks>Seconds of a core are counted too: a busy neighbour takes time from the clock, but not from those.</remarks>
internal static class NetworkSpeed
{
    /// <summary>Prints a line for each network; the batch is as large as the literature has it.</summary>
    /// <param name="threads">Of libtorch.</param>
    /// <param name="seconds">How long each is measured, after a third of that to warm up.</param>
    /// <param name="only">Begin of the names to measure; empty: all.</param>
    /// <param name="sessions">That compute at once.</param>
    public static void Measure(int threads, double seconds, string only, int sessions)
    {
        if (TorchAvailability.Missing() is { } missing)
        {
            Console.WriteLine(missing);
            return;
        }

        TorchThreads.Set(threads);
        Console.WriteLine($"{sessions} at once, libtorch with {threads} threads each.");
        (string Name, ModelPlan Plan, int[] Shape, int ClassCount, int Count)[] networks =
        [
            ("lenet5", new() { Kind = "lenet5" }, [1, 28, 28], 10, 64),
            ("resnet 20", new() { Kind = "resnet" }, [3, 32, 32], 10, 128),
            ("wideresnet 16-2", new() { Kind = "wideresnet", Depth = 16, Width = 2 }, [3, 32, 32], 10, 128),
            ("torch-mlp 784-256-10", new() { Kind = "torch-mlp", Hidden = [256] }, [784], 10, 64),
            ("transformer 2 x 128, 64 tokens", new() { Kind = "transformer" }, [65], 96, 32),
        ];
        foreach ((string name, ModelPlan plan, int[] shape, int classCount, int count) in networks)
        {
            if (name.StartsWith(only, StringComparison.Ordinal))
            {
                Measure(name, plan, shape, classCount, count, seconds, sessions);
            }
        }
    }

    private static void Measure(string name, ModelPlan plan, int[] shape, int classCount, int count, double seconds, int sessions)
    {
        IModel model = ModelCatalog.Create(plan, shape, classCount);
        SampleBatch batch = Batch(shape, classCount, count, isText: plan.Kind == ModelCatalog.Transformer);
        float[] parameters = new float[model.ParameterCount];
        model.Initialise(parameters, seed: 1);
        long steps = 0;
        using var begin = new Barrier(sessions + 1);
        using var end = new Barrier(sessions + 1);
        for (int i = 0; i < sessions; i++)
        {
            new Thread(() =>
            {
                using IGradientSession session = model.CreateSession(count);
                float[] gradient = new float[model.ParameterCount];
                Repeat(seconds / 3);
                begin.SignalAndWait();
                Interlocked.Add(ref steps, Repeat(seconds));
                end.SignalAndWait();

                int Repeat(double length)
                {
                    int done = 0;
                    for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < length; done++)
                    {
                        session.Gradient(parameters, batch, gradient);
                    }

                    return done;
                }
            }).Start();
        }

        begin.SignalAndWait();
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        end.SignalAndWait();
        double rate = steps * count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        double rateOfCore = steps * count / (Environment.CpuUsage.TotalTime - busy).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-34}{count,6}{rate,10:F0} samples/s{rateOfCore,10:F0} per second of a core"));
    }

    private static SampleBatch Batch(int[] shape, int classCount, int count, bool isText)
    {
        var random = new SeededRandom(2);
        var batch = new SampleBatch();
        batch.ResizeDense(count, shape.Aggregate((product, extent) => product * extent));
        foreach (ref float value in batch.Dense)
        {
            value = isText ? random.NextInt(classCount) : random.NextSingle();
        }

        foreach (ref float label in batch.Labels)
        {
            label = random.NextInt(classCount);
        }

        return batch;
    }
}
