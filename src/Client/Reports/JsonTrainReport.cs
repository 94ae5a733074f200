using OrleansSgd.Grains.Contracts;
using OrleansSgd.Models;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Client.Reports;

/// <summary>A run as events, for programs. Field names are stable: added to, never renamed.</summary>
/// <param name="job">Goes into every event when several jobs are reported on; null for one alone.</param>
internal sealed class JsonTrainReport(Terminal terminal, string? job = null) : ITrainReport
{
    private readonly EventWriter _events = new(terminal.Out);

    public Task ShowAsync(Func<Task> body) => body();

    public void Say(string line) => terminal.Error.WriteLine(line);

    public void Started(StartedFacts started) => _events.Write("started", json =>
    {
        json.Text("job", started.Job);
        json.Text("runtime", RuntimeName.Short);
        json.Text("torch", ModelCatalog.IsTorch(started.Plan.Model.Kind) ? TorchAvailability.Backend : "none");
        json.Number("silos", started.Silos);
        json.Number("workers", started.Plan.Run.Workers);
        json.Number("shards", started.Plan.Run.Shards);
        json.Number("parameters", started.Parameters);
        json.Seed("seed", started.Plan.Run.Seed);
    });

    public void Progressed(ProgressFacts progress) => Write("progress", json =>
    {
        JobProgress now = progress.Progress;
        json.Measure("seconds", now.Seconds);
        json.Number("tickets", now.Tickets);
        json.Number("epoch", progress.Epoch);
        json.Measure("loss", now.Loss);
        json.Measure("samplesPerSecond", progress.SamplesPerSecond);
        WriteDelay(json, now);
        json.Measure("gapMean", now.GapMean);
        json.Measure("boundPredicted", now.BoundPredicted);
        WriteCertificate(json, now);
        json.Number("checkpointTicket", now.CheckpointTicket > 0 ? now.CheckpointTicket : null);
        json.Number("bytesPushed", now.BytesPushed);
        json.Number("bytesPulled", now.BytesPulled);
    });

    public void Recalled(ProgressFacts before) => Progressed(before);

    public void Evaluated(JobEvent evaluated) => Write("evaluated", json =>
    {
        json.Measure("seconds", evaluated.Seconds);
        json.Number("tickets", evaluated.Tickets);
        json.Number("epoch", evaluated.Epoch);
        json.Measure("testLoss", evaluated.TestLoss);
        json.Measure("testAccuracy", evaluated.TestAccuracy);
        WriteSamples(json, evaluated.Samples);
    });

    public void Resumed(JobEvent resumed) => Write("resumed", json =>
    {
        json.Measure("seconds", resumed.Seconds);
        json.Number("tickets", resumed.Tickets);
        json.Number("ticketsRedone", resumed.TicketsRedone >= 0 ? resumed.TicketsRedone : null);
        json.Measure("secondsSinceCheckpoint", resumed.SecondsSince);
    });

    public void MembershipChanged(JobEvent change) => Write("membership", json =>
    {
        json.Measure("seconds", change.Seconds);
        json.Number("tickets", change.Tickets);
        json.Text("kind", change.Kind);
        json.Text("silo", change.Silo);
        json.Number("workersMoved", change.WorkersMoved);
        json.Number("shardsMoved", change.ShardsMoved);
        json.Number("workers", change.Workers);
        json.Measure("rateScale", change.RateScale);
        json.Measure("batchScale", change.BatchScale);
    });

    public void Operated(JobEvent change) => Write(change.Kind, json =>
    {
        json.Measure("seconds", change.Seconds);
        json.Number("tickets", change.Tickets);
    });

    public void Straggling(JobEvent slow) => Write("straggler", json =>
    {
        json.Measure("seconds", slow.Seconds);
        json.Number("worker", slow.Worker);
        json.Text("silo", slow.Silo);
        json.Measure("ratio", slow.Ratio);
    });

    public void Alarmed(double seconds, string alarm) => Say(TrainText.Alarm(alarm));

    public void Warned(double seconds, string warning) => Say(TrainText.Warning(warning));

    public void Ended(EndedFacts ended) =>
        Write(ended.Progress.Phase == JobPhase.Completed ? "completed" : "cancelled", json =>
        {
            JobProgress run = ended.Progress;
            json.Measure("trainingSeconds", run.Seconds);
            json.Number("samples", run.Samples);
            json.Measure("samplesPerSecond", ended.SamplesPerSecond);
            json.Measure("testAccuracy", ended.Last?.TestAccuracy ?? double.NaN);
            json.Measure("testLoss", ended.Last?.TestLoss ?? double.NaN);
            json.Number("updates", run.Updates);
            json.Number("updatesLost", run.UpdatesLost);
            json.Number("updatesPartial", run.UpdatesPartial);
            json.Number("samplesUnused", run.SamplesTotal - run.Samples);
            json.Number("samplesRepeated", run.SamplesRepeated);
            WriteSamples(json, run.SampleUses);
            json.Measure("recoverySecondsMax", run.RecoverySecondsMax);
            WriteCheckpoints(json, run);
            WriteDelay(json, run);
            WriteCertificate(json, run);
            json.List("alarms", run.Alarms);
            json.List("warnings", run.Warnings);
            json.Text("model", ended.ModelPath);
            json.Text("trace", ended.TracePath);
            json.Text("report", ended.ReportPath);
        });

    private void Write(string name, Action<EventFields> fields) => _events.Write(name, json =>
    {
        json.Text("job", job);
        fields(json);
    });

    // Before the first update the largest delay is 0 because nothing was measured, so it is left out too.
    private static void WriteDelay(EventFields json, JobProgress progress)
    {
        json.Measure("delayMean", progress.DelayMean);
        json.Number("delayMax", double.IsFinite(progress.DelayMean) ? progress.DelayMax : null);
    }

    private static void WriteCheckpoints(EventFields json, JobProgress run)
    {
        if (run.Checkpoints > 0)
        {
            json.Number("checkpoints", run.Checkpoints);
            json.Measure("checkpointStallShare", run.CheckpointStallShare);
            json.Number("resumptions", run.Resumptions);
        }
    }

    private static void WriteSamples(EventFields json, SampleCounts? samples)
    {
        if (samples is null)
        {
            return;
        }

        json.Number("samplesOnce", samples.Once);
        json.Number("samplesTwice", samples.Twice);
        json.Number("samplesNone", samples.None);
        if (samples.Remarks.Length > 0)
        {
            json.Group("sampleReasons", fields =>
            {
                foreach (SampleRemark remark in samples.Remarks)
                {
                    fields.Number(remark.Reason, remark.Count);
                }
            });
        }
    }

    private static void WriteCertificate(EventFields json, JobProgress progress)
    {
        if (progress.Certificate is not { } certificate)
        {
            return;
        }

        json.Group("certificate", fields =>
        {
            fields.Text("status", certificate.Status);
            fields.Text("reason", certificate.Reason);
            if (!certificate.IsVoid)
            {
                // The parts of a void certificate mean as little as their sum.
                fields.Measure("value", certificate.Value);
                fields.Measure("optimisation", certificate.Optimisation);
                fields.Measure("staleness", certificate.Staleness);
                fields.Measure("noise", certificate.Noise);
                fields.Measure("bias", certificate.Bias);
                fields.Measure("jump", certificate.Jump);
            }

            fields.Measure("boundMeasured", progress.BoundMeasured);
            fields.Measure("boundPredicted", progress.BoundPredicted);
            fields.Flag("conditionHolds", progress.Condition switch { "holds" => true, "violated" => false, _ => null });
            fields.Measure("gradientNormSquaredEstimate", certificate.GradientNormSquaredEstimate);
        });
    }
}
