using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary>A job at one moment, for people and for programs.</summary>
internal static class JobText
{
    /// <summary>Label by label.</summary>
    /// <param name="last">The newest evaluation; null before the first.</param>
    public static IEnumerable<(string Label, string Text)> Lines(string id, JobProgress job, JobEvent? last)
    {
        yield return ("job", id);
        yield return ("phase", JobVerbs.PhaseOf(job.Phase));
        if (job.Error is { } error)
        {
            yield return ("error", $"{error} {job.Hint}".TrimEnd());
        }

        if (job.Parameters == 0)
        {
            yield break;
        }

        double share = job.SamplesTotal > 0 ? (double)job.Samples / job.SamplesTotal : 0;
        yield return ("progress", $"{Figures.Percent(share)} of {Figures.Of(job.SamplesTotal, "sample")} in {Figures.Duration(job.Seconds)}");
        yield return ("parameters", Figures.Count(job.Parameters));
        yield return ("on", $"{Figures.Of(job.WorkersLive, "worker")}, {Figures.Of(job.Silos, "silo")}");
        yield return ("loss", Figures.Digits(job.Loss));
        if (last is not null)
        {
            yield return ("evaluated", TrainText.Evaluation(last));
        }

        yield return ("delay", $"{Figures.One(job.DelayMean)} on average, {Figures.Count(job.DelayMax)} at most");
        yield return ("gap", $"{Figures.Digits(job.GapMean)} on average: B {Figures.Digits(job.BoundMeasured)} of {Figures.Digits(job.BoundPredicted)}");
        if (job.Certificate is { } certificate)
        {
            yield return ("certificate", TrainText.Certificate(certificate));
        }

        yield return ("checkpoint", job.CheckpointTicket > 0 ? $"ticket {Figures.Count(job.CheckpointTicket)} of {Figures.Count(job.Tickets)}" : "none yet");
        if (job.Resumptions > 0)
        {
            yield return ("resumed", Figures.Of(job.Resumptions, "time"));
        }

        foreach (string alarm in job.Alarms)
        {
            yield return ("check", alarm);
        }
    }

    /// <summary>The same as fields.</summary>
    public static void Write(EventFields json, string id, JobProgress job, JobEvent? last)
    {
        json.Text("job", id);
        json.Text("phase", JobVerbs.PhaseOf(job.Phase));
        json.Text("error", job.Error);
        json.Text("hint", job.Hint);
        if (job.Parameters == 0)
        {
            return;
        }

        json.Measure("seconds", job.Seconds);
        json.Number("samples", job.Samples);
        json.Number("samplesTotal", job.SamplesTotal);
        json.Number("tickets", job.Tickets);
        json.Number("parameters", job.Parameters);
        json.Number("silos", job.Silos);
        json.Number("workers", job.WorkersLive);
        json.Measure("loss", job.Loss);
        json.Measure("testLoss", last?.TestLoss ?? double.NaN);
        json.Measure("testAccuracy", last?.TestAccuracy ?? double.NaN);
        json.Measure("delayMean", job.DelayMean);
        json.Measure("gapMean", job.GapMean);
        json.Measure("boundPredicted", job.BoundPredicted);
        json.Number("updates", job.Updates);
        json.Number("updatesLost", job.UpdatesLost);
        json.Number("checkpointTicket", job.CheckpointTicket > 0 ? job.CheckpointTicket : null);
        json.Number("resumptions", job.Resumptions);
        json.List("alarms", job.Alarms);
        json.List("warnings", job.Warnings);
    }
}
