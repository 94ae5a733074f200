using OrleansSgd.Client.Reports;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>A forecast as people read it.</summary>
internal static class PlanText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(ClusterDescription cluster, PlannedJob job, PlanForecast plan)
    {
        yield return $"{Figures.Of(job.Workers, "worker")} and {Figures.Of(job.Shards, "shard")} on {Figures.Of(cluster.Silos, "silo")}, " +
            $"{job.Mode}, {Figures.Count(job.Parameters)} parameters: a forecast, not a measurement.";
        yield return Line("throughput", $"{Figures.Count(plan.SamplesPerSecond)} samples/s, {Figures.Digits(plan.UpdatesPerSecond)} updates/s; " +
            $"busiest: {plan.Bottleneck}, {Figures.Percent(plan.BottleneckShare)}");
        yield return Line("delay", $"mean {Figures.One(plan.DelayMean)}, median {plan.DelayMedian}, " +
            $"90 % {plan.Delay90}, 99 % {plan.Delay99}, largest {plan.DelayMax}; a slice lacks {Figures.One(plan.MissingMean)} on average");
        yield return Line("B", double.IsNaN(plan.BoundMetered)
            ? "not known without --gradient-norm"
            : $"{Figures.Digits(plan.BoundMetered)} as the ledger adds norms up{Expected(plan)}");
        yield return Line("network", $"pushed {Bytes(plan.BytesPushedPerSecond)}/s, pulled {Bytes(plan.BytesPulledPerSecond)}/s, " +
            $"ledger {Bytes(plan.BytesLedgerPerSecond)}/s; in all pushed {Bytes(plan.BytesPushed)}, pulled {Bytes(plan.BytesPulled)}, to keepers {Bytes(plan.BytesKept)}, ledger {Bytes(plan.BytesLedger)}");
        yield return Line("time", $"{Time(plan.SecondsUndisturbed)} if nothing dies" + (cluster.ChurnPerSiloHour > 0
            ? $"; {Time(plan.Seconds)} with {Figures.Of(plan.SiloDeaths, "death")} of silos, {Figures.Count(plan.CoordinatorLosses)} of the coordinator's"
            : ""));
        yield return Line("checkpoints", plan.Checkpoints > 0 && double.IsFinite(plan.Checkpoints)
            ? $"{Figures.Count(plan.Checkpoints)} of {Bytes(plan.BytesPerCheckpoint)}; {Bytes(plan.BytesStored)} stored in all, ledger included"
            : "none");
        if (cluster.ChurnPerSiloHour > 0)
        {
            yield return Line("recovery", $"{Time(plan.OutageSeconds)} without updates, {Bytes(plan.BytesRecovered)} moved, " +
                $"{Figures.Count(plan.UpdatesReplayed)} pushes replayed, {Figures.Count(plan.SamplesRedone)} samples computed again");
        }

        if (plan.TargetLaw is not null)
        {
            yield return Line("target", double.IsFinite(plan.TargetSeconds)
                ? $"after {Time(plan.TargetSeconds)} and {Figures.Count(plan.TargetSamples)} samples, by the {plan.TargetLaw}"
                : $"never, by the {plan.TargetLaw}: staleness, noise or floor lie above it");
        }

        foreach (string note in plan.Notes)
        {
            yield return Line("note", note);
        }
    }

    /// <summary><c>1.25 GB</c>.</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (bytes >= 999.5 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return $"{(unit == 0 ? Figures.Count(bytes) : Figures.Digits(bytes))} {Units[unit]}";
    }

    private static string Expected(PlanForecast plan) =>
        double.IsNaN(plan.BoundExpected) ? "" : $", {Figures.Digits(plan.BoundExpected)} expected of independent noise";

    private static string Time(double seconds) => double.IsPositiveInfinity(seconds) ? "never ends" : Figures.Duration(seconds);

    private static string Line(string name, string text) => $"  {name,-12}{text}";
}
