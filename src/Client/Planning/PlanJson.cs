using OrleansSgd.Client.Reports;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>A forecast as an event.</summary>
internal static class PlanJson
{
    /// <summary>The fields of <c>completed</c>.</summary>
    public static void Write(EventFields json, ClusterDescription cluster, PlannedJob job, PlanForecast plan, ulong seed)
    {
        json.Seed("seed", seed);
        json.Text("mode", job.Mode);
        json.Number("workers", job.Workers);
        json.Number("shards", job.Shards);
        json.Number("silos", cluster.Silos);
        foreach ((string name, double value) in Measures(plan))
        {
            json.Measure(name, value);
        }

        foreach ((string name, long value) in Counts(plan))
        {
            json.Number(name, value);
        }

        json.Text("bottleneck", plan.Bottleneck);
        json.Flag("ends", double.IsFinite(plan.Seconds));
        json.Text("targetLaw", plan.TargetLaw);
        json.Flag("reachesTarget", plan.TargetLaw is null ? null : double.IsFinite(plan.TargetSeconds));
        json.List("notes", plan.Notes);
    }

    private static (string Name, long Value)[] Counts(PlanForecast plan) =>
    [
        ("delayMedian", plan.DelayMedian), ("delay90", plan.Delay90), ("delay99", plan.Delay99), ("delayMax", plan.DelayMax),
        ("siloDeaths", plan.SiloDeaths), ("coordinatorLosses", plan.CoordinatorLosses), ("events", plan.Events),
    ];

    private static (string Name, double Value)[] Measures(PlanForecast plan) =>
    [
        ("updatesPerSecond", plan.UpdatesPerSecond), ("samplesPerSecond", plan.SamplesPerSecond), ("delayMean", plan.DelayMean),
        ("missingMean", plan.MissingMean), ("boundMetered", plan.BoundMetered), ("boundExpected", plan.BoundExpected),
        ("bytesPushedPerSecond", plan.BytesPushedPerSecond), ("bytesPulledPerSecond", plan.BytesPulledPerSecond),
        ("bytesLedgerPerSecond", plan.BytesLedgerPerSecond), ("bytesPushed", plan.BytesPushed), ("bytesPulled", plan.BytesPulled),
        ("bytesKept", plan.BytesKept), ("bytesLedger", plan.BytesLedger), ("secondsUndisturbed", plan.SecondsUndisturbed),
        ("seconds", plan.Seconds), ("outageSeconds", plan.OutageSeconds), ("samplesRedone", plan.SamplesRedone),
        ("updatesReplayed", plan.UpdatesReplayed), ("bytesRecovered", plan.BytesRecovered), ("checkpoints", plan.Checkpoints),
        ("bytesPerCheckpoint", plan.BytesPerCheckpoint), ("bytesStored", plan.BytesStored), ("targetSeconds", plan.TargetSeconds),
        ("targetSamples", plan.TargetSamples), ("bottleneckShare", plan.BottleneckShare),
    ];
}
