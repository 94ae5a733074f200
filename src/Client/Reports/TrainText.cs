using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Reports;

/// <summary>The sentences of a run, the same for terminals and for logs.</summary>
internal static class TrainText
{
    /// <summary>What is trained, on what, by whom.</summary>
    public static string Headline(StartedFacts started)
    {
        RunPlan run = started.Plan.Run;
        string codec = run.Codec.Kind == CodecPlan.Dense ? "" : $", {run.Codec.Kind}";
        return $"{started.Plan.Model.Kind} with {Figures.Of(started.Parameters, "parameter")} on {started.Plan.Data.Kind}: "
            + $"{Figures.Of(run.Workers, "worker")}, {Figures.Of(run.Shards, "shard")}, "
            + $"{Figures.Of(started.Silos, "silo")}, {run.Mode}{codec}, batch {run.Batch}, seed {run.Seed}";
    }

    /// <summary>An evaluation.</summary>
    public static string Evaluation(JobEvent evaluated)
    {
        string accuracy = double.IsFinite(evaluated.TestAccuracy)
            ? $"test accuracy {Figures.Percent(evaluated.TestAccuracy)}, "
            : "";
        return $"epoch {evaluated.Epoch} done: {accuracy}test loss {Figures.Loss(evaluated.TestLoss)}";
    }

    /// <summary>A silo that came or went, with what that means.</summary>
    public static string Membership(JobEvent change) => change.WorkersMoved + change.ShardsMoved == 0
        ? $"silo {change.Silo} {change.Kind}"
        : $"silo {change.Silo} {change.Kind}: {Figures.Of(change.WorkersMoved, "worker")} and "
            + $"{Figures.Of(change.ShardsMoved, "shard")} move to other silos";

    /// <summary>The silos a run begins with have joined too, but that is no news.</summary>
    public static bool IsNews(JobEvent change) => change.Kind != "joined" || change.Tickets > 0;

    /// <summary>The summary, label by label.</summary>
    public static IEnumerable<(string Label, string Text)> Summary(EndedFacts ended)
    {
        JobProgress run = ended.Progress;
        if (run.Samples == 0)
        {
            yield break;
        }

        if (ended.Last is { } last)
        {
            yield return double.IsFinite(last.TestAccuracy)
                ? ("test accuracy", $"{Figures.Percent(last.TestAccuracy)} (loss {Figures.Loss(last.TestLoss)}, after epoch {last.Epoch})")
                : ("test loss", $"{Figures.Loss(last.TestLoss)} (after epoch {last.Epoch})");
        }

        string amount = $"{Figures.Duration(run.Seconds)} for {Figures.Of(run.Samples, "sample")}";
        yield return ("training time", $"{amount}: {Figures.Count(ended.SamplesPerSecond)} samples/s");
        yield return ("updates", double.IsFinite(run.DelayMean)
            ? $"{Figures.Count(run.Updates)}, delayed by {Figures.One(run.DelayMean)} others on average, {Figures.Count(run.DelayMax)} at most"
            : Figures.Count(run.Updates));
        yield return ("lost", Lost(run));
        yield return ("model", ended.ModelPath ?? "none");
    }

    /// <summary>The sentence above the summary.</summary>
    public static string Verdict(EndedFacts ended) => ended.Progress.Phase == JobPhase.Completed
        ? "Done."
        : ended.ModelPath is null
            ? "Interrupted before there was anything to keep."
            : $"Interrupted after {Figures.Percent(ShareOf(ended.Progress))} of the run; the model trained so far is kept.";

    private static double ShareOf(JobProgress run) => new ProgressFacts(run, double.NaN, double.NaN).Share;

    private static string Lost(JobProgress run)
    {
        if (run.UpdatesLost == 0 && run.UpdatesPartial == 0 && run.SamplesRepeated == 0)
        {
            return "nothing";
        }

        string recovery = double.IsFinite(run.RecoverySecondsMax)
            ? $"; whole again after {Figures.Duration(run.RecoverySecondsMax)} at most"
            : "";
        return $"{Figures.Of(run.UpdatesLost, "update")} lost, {Figures.Count(run.UpdatesPartial)} applied in part, "
            + $"{Figures.Of(run.SamplesRepeated, "sample")} used again{recovery}";
    }
}
