using System.Globalization;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulation;

/// <summary>Everything one simulated run is made of; drawn from a seed.</summary>
internal sealed record FaultPlan
{
    /// <summary>The run itself.</summary>
    public required RunPlan Run { get; init; }

    /// <summary>Samples of an epoch.</summary>
    public required int Samples { get; init; }

    /// <summary>Whether updates name a third of the coordinates or all.</summary>
    public required bool IsSparse { get; init; }

    /// <summary>Share of messages lost, delivered twice, and delayed by tens of milliseconds.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Slow { get; init; }

    /// <summary>Mean delay of the other messages, in microseconds.</summary>
    public double DelayMean { get; init; } = 800;

    /// <summary>Moments at which a silo dies, in microseconds.</summary>
    public IReadOnlyList<long> SiloCrashes { get; init; } = [];

    /// <summary>Moments at which a silo is thought dead although it lives on for a while.</summary>
    public IReadOnlyList<long> SiloSuspicions { get; init; } = [];

    /// <summary>Moments at which one shard alone loses its memory.</summary>
    public IReadOnlyList<long> ShardCrashes { get; init; } = [];

    /// <summary>Moments at which one worker alone dies.</summary>
    public IReadOnlyList<long> WorkerCrashes { get; init; } = [];

    /// <summary>When messages stop getting lost, in microseconds.</summary>
    public long FaultsEnd { get; init; } = 1_500_000;

    /// <summary>True where shards keep the contributions of a round until all are there.</summary>
    public bool KeepsRounds => Run.Mode == RunPlan.Bsp;

    /// <summary>The run without its faults.</summary>
    public FaultPlan Undisturbed => this with
    {
        Loss = 0,
        Duplication = 0,
        Slow = 0,
        SiloCrashes = [],
        SiloSuspicions = [],
        ShardCrashes = [],
        WorkerCrashes = [],
    };

    public static FaultPlan Draw(ulong seed, string mode)
    {
        var random = new SeededRandom(seed, stream: 1);
        var choices = new SeededRandom(seed, stream: 4);
        return new FaultPlan
        {
            Run = new RunPlan
            {
                Mode = mode,
                Seed = seed,
                Workers = 1 + random.NextInt(5),
                Shards = 1 + random.NextInt(4),
                Batch = 2 + random.NextInt(4),
                Epochs = 1 + random.NextInt(3),
                LeaseBatches = 1 + random.NextInt(4),

                // The updates here are never encoded; the codec decides whether workers flush at the end.
                Codec = choices.NextInt(2) == 0 ? new CodecPlan() : new CodecPlan(CodecPlan.OneBit),
                Assignment = RunPlan.Assignments[Math.Max(0, choices.NextInt(5) - 2)],
                Quorum = choices.NextDouble(),
            },
            Samples = 40 + random.NextInt(80),
            IsSparse = random.NextInt(2) == 0,
            Loss = random.NextInt(3) == 0 ? 0 : random.NextDouble() * 0.05,
            Duplication = random.NextInt(3) == 0 ? 0 : random.NextDouble() * 0.1,
            Slow = random.NextInt(3) == 0 ? 0 : random.NextDouble() * 0.05,
            DelayMean = 300 + random.NextInt(2000),
            SiloCrashes = Moments(random, 2),
            SiloSuspicions = Moments(random, 1),
            ShardCrashes = Moments(random, 3),
            WorkerCrashes = Moments(random, 2),
        };
    }

    /// <summary>One line with the seed and every rate.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Run.Seed}, {Run.Mode}: {Run.Workers} workers, {Run.Shards} shards, {Samples} samples, batch {Run.Batch}, " +
        $"{Run.Epochs} epochs, {Run.LeaseBatches} batches a lease, {(IsSparse ? "sparse" : "dense")}; loss {Loss:F3}, duplication " +
        $"{Duplication:F3}, slow {Slow:F3}, delay {DelayMean:F0} us; silos die at [{List(SiloCrashes)}], are suspected at " +
        $"[{List(SiloSuspicions)}], shards die at [{List(ShardCrashes)}], workers die at [{List(WorkerCrashes)}] us");

    private static string List(IReadOnlyList<long> moments) => string.Join(", ", moments);

    // The runs take some hundred milliseconds, so most faults meet one in the middle.
    private static long[] Moments(SeededRandom random, int countMax)
    {
        long[] moments = new long[random.NextInt(countMax + 1)];
        for (int i = 0; i < moments.Length; i++)
        {
            moments[i] = 5_000 + random.NextInt(random.NextInt(2) == 0 ? 100_000 : 500_000);
        }

        return moments;
    }
}
