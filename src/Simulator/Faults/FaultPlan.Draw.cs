using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulator.Faults;

/// <content>What a seed says.</content>
internal sealed partial record FaultPlan
{
    // A cut is as long as others are patient with a silent silo, or some times longer; a slow silo is slow for as long.
    private const int DurationMin = 10_000;
    private const int DurationSpread = 200_000;

    /// <summary>The run and its faults that belong to a seed.</summary>
    public static FaultPlan Draw(ulong seed, string mode)
    {
        var random = new SeededRandom(seed, stream: 1);
        var choices = new SeededRandom(seed, stream: 4);
        var more = new SeededRandom(seed, stream: 6);
        var plan = new FaultPlan
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
            Partitions = [.. Moments(more, 2).Select(moment => PartitionAt(moment, more))],
            Slowdowns = [.. Moments(more, 2).Select(moment => SlowdownAt(moment, more))],
            Leaves = Moments(more, 1),
            Joins = Moments(more, 1),
            JobCrashes = Moments(more, 1),
            TotalLosses = more.NextInt(4) == 0 ? Moments(more, 1) : [],
            StoreDelay = 500 + more.NextInt(more.NextInt(3) == 0 ? 100_000 : 5_000),
            StoreErrors = more.NextInt(2) == 0 ? 0 : more.NextDouble() * 0.2,
            RetainedMax = more.NextInt(4) == 0 ? 0 : 2 + more.NextInt(14),
            ClockSkew = more.NextInt(2) == 0 ? 1 : 1 + more.NextDouble(),
        };
        return more.NextInt(3) == 0 ? plan.OneSiloAtATime : plan;
    }

    // Most cuts are whole and both ways; some are from one other silo, or leave one direction open.
    private static Partition PartitionAt(long moment, SeededRandom random) => new(
        moment, DurationMin + random.NextInt(DurationSpread),
        random.NextInt(3) switch { 0 => SiloCut.Out, 1 => SiloCut.In, _ => SiloCut.Both }, random.NextInt(3) > 0);

    private static Slowdown SlowdownAt(long moment, SeededRandom random) =>
        new(moment, DurationMin + random.NextInt(DurationSpread), 2 + random.NextInt(20));

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
