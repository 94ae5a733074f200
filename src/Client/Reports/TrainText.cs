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
        string values = run.Codec.Values == CodecPlan.WholeValues ? "" : $" {run.Codec.Values}";
        string codec = run.Codec.IsExact ? "" : $", {run.Codec.Kind}{values}";
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
        string samples = evaluated.Samples is { } uses ? $"; {Samples(uses)}" : "";
        return $"epoch {evaluated.Epoch} done: {accuracy}test loss {Figures.Digits(evaluated.TestLoss)}{samples}";
    }

    /// <summary><c>60,000 samples: 60,000 once</c>; or also how many were not, and why.</summary>
    public static string Samples(SampleCounts uses)
    {
        string twice = uses.Twice > 0 ? $", {Figures.Count(uses.Twice)} twice" : "";
        string none = uses.None > 0 ? $", {Figures.Count(uses.None)} not at all or not wholly" : "";
        string why = string.Join("; ", uses.Remarks.Select(remark => $"{Figures.Count(remark.Count)} {remark.Text}"));
        return $"{Figures.Of(uses.Count, "sample")}: {Figures.Count(uses.Once)} once{twice}{none}{(why.Length > 0 ? $" ({why})" : "")}";
    }

    /// <summary>A worker that is slow, with what that means.</summary>
    public static string Straggler(JobEvent slow) =>
        $"worker {slow.Worker} on silo {slow.Silo} takes {Figures.One(slow.Ratio)} times as long for a step as the others; it gets less to do";

    /// <summary>A job that goes on from a checkpoint, with what is done again.</summary>
    public static string Resumed(JobEvent resumed) => resumed.TicketsRedone >= 0
        ? $"resumed at ticket {Figures.Count(resumed.Tickets)}: {Figures.Of(resumed.TicketsRedone, "ticket")} given anew"
        : resumed.SecondsSince > 0
            ? $"resumed at ticket {Figures.Count(resumed.Tickets)}: at most what was done in {Figures.One(resumed.SecondsSince)} s is done again"
            : $"resumed at ticket {Figures.Count(resumed.Tickets)}: it begins again";

    /// <summary>What an operator asked for.</summary>
    public static string Operated(JobEvent change) => change.Kind == "paused"
        ? $"paused at ticket {Figures.Count(change.Tickets)}: workers wait"
        : $"goes on at ticket {Figures.Count(change.Tickets)}";

    /// <summary>A silo that came or went, with what that means.</summary>
    public static string Membership(JobEvent change) => change.Kind == "workers" ? Workers(change)
        : change.WorkersMoved + change.ShardsMoved == 0
        ? $"silo {change.Silo} {change.Kind}"
        : $"silo {change.Silo} {change.Kind}: {Figures.Of(change.WorkersMoved, "worker")} and "
            + $"{Figures.Of(change.ShardsMoved, "shard")} move to other silos";

    private static string Workers(JobEvent change) =>
        $"{Figures.Of(change.Workers, "worker")} from now on"
        + (change.RateScale != 1 ? $", rate × {Figures.Digits(change.RateScale)}" : "")
        + (change.BatchScale != 1 ? $", batch × {Figures.Digits(change.BatchScale)}" : "");

    /// <summary>The silos a run begins with have joined too, but that is no news.</summary>
    public static bool IsNews(JobEvent change) => change.Kind != "joined" || change.Tickets > 0;

    /// <summary>A check that does not hold.</summary>
    public static string Alarm(string alarm) => $"warning: a check does not hold: {alarm}";

    /// <summary>What makes the numbers worth less.</summary>
    public static string Warning(string warning) => $"note: {warning}";

    /// <summary>The gap against its bound, with two spaces behind it; nothing before the first gap.</summary>
    public static string Gap(JobProgress run) => double.IsFinite(run.GapMean) ? $"gap {Figures.Digits(run.GapMean)} ({Bound(run)})  " : "";

    /// <summary><c>B 3.2 of 12.1</c>: measured, of what the mode allows.</summary>
    public static string Bound(JobProgress run) => double.IsFinite(run.BoundPredicted)
        ? $"B {Figures.Digits(run.BoundMeasured)} of {Figures.Digits(run.BoundPredicted)}"
        : $"B {Figures.Digits(run.BoundMeasured)}";

    /// <summary>Status, and the value with its parts or, when void, why.</summary>
    public static string Certificate(CertificateProgress certificate)
    {
        if (certificate.IsVoid)
        {
            return $"{certificate.Status}: {certificate.Reason}";
        }

        string parts = $"optimisation {Figures.Digits(certificate.Optimisation)}, staleness {Figures.Digits(certificate.Staleness)}, "
            + $"noise {Figures.Digits(certificate.Noise)}";
        if (certificate.Bias > 0)
        {
            parts += $", bias {Figures.Digits(certificate.Bias)}";
        }

        return $"{certificate.Status}: mean ‖∇f‖² ≤ {Figures.Digits(certificate.Value)} ({parts})";
    }

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
                ? ("test accuracy", $"{Figures.Percent(last.TestAccuracy)} (loss {Figures.Digits(last.TestLoss)}, after epoch {last.Epoch})")
                : ("test loss", $"{Figures.Digits(last.TestLoss)} (after epoch {last.Epoch})");
        }

        string amount = $"{Figures.Duration(run.Seconds)} for {Figures.Of(run.Samples, "sample")}";
        yield return ("training time", $"{amount}: {Figures.Count(ended.SamplesPerSecond)} samples/s");
        yield return ("updates", double.IsFinite(run.DelayMean)
            ? $"{Figures.Count(run.Updates)}, delayed by {Figures.One(run.DelayMean)} others on average, {Figures.Count(run.DelayMax)} at most"
            : Figures.Count(run.Updates));
        yield return ("lost", Lost(run));
        if (run.SampleUses is { } uses)
        {
            yield return ("samples", Samples(uses));
        }

        if (double.IsFinite(run.GapMean))
        {
            yield return ("gap", $"{Figures.Digits(run.GapMean)} on average, {Figures.Digits(run.GapMax)} at most: {Condition(run)}");
        }

        if (run.Certificate is { } certificate)
        {
            yield return ("certificate", certificate.IsVoid ? Certificate(certificate) : $"{Certificate(certificate)}. {certificate.Reason}");
        }

        foreach (string alarm in run.Alarms)
        {
            yield return ("check", alarm);
        }

        yield return ("model", ended.ModelPath ?? ended.ExportWith ?? "none");
        if (ended.ReportPath is { } report)
        {
            yield return ("report", report);
        }

        if (ended.TracePath is { } trace)
        {
            yield return ("trace", trace);
            yield return ("certify it", $"grid certify {(trace.Contains(' ', StringComparison.Ordinal) ? $"'{trace}'" : trace)}");
        }
    }

    /// <summary>The sentence above the summary.</summary>
    public static string Verdict(EndedFacts ended) => ended.Progress.Phase == JobPhase.Completed
        ? ended.Progress.Alarms.Length == 0 ? "Done." : $"Done, but {Unmet(ended.Progress.Alarms.Length)}."
        : ended.ModelPath is null && ended.ExportWith is null
            ? "Interrupted before there was anything to keep."
            : $"Interrupted after {Figures.Percent(ShareOf(ended.Progress))} of the run; the model trained so far is kept.";

    /// <summary><c>1 check does not hold</c>.</summary>
    public static string Unmet(int count) => count == 1 ? "1 check does not hold" : $"{Figures.Count(count)} checks do not hold";

    private static string Condition(JobProgress run)
    {
        string model = run.BoundModel is { } name ? $" ({name})" : "";
        string verdict = run.Condition switch
        {
            "holds" => ", which holds",
            "not-shown" => ", which is not shown",
            "violated" => ", which is violated",
            _ => "",
        };
        return $"{Bound(run)}{(double.IsFinite(run.BoundPredicted) ? model + verdict : "")}";
    }

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
