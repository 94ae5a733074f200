using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>A job's figures and events as the pages read them: the words of the console's JSON, what is not known left out.</summary>
internal static class ProgressJson
{
    /// <summary>Sentences of a kind that go to a page.</summary>
    private const int SentencesMax = 50;

    /// <summary>The figures.</summary>
    /// <param name="accuracy">Of the newest evaluation; NaN before the first.</param>
    public static void Write(Utf8JsonWriter json, string job, JobProgress progress, RecentRate rate, double accuracy)
    {
        json.WriteStartObject();
        json.WriteString("job", job);
        json.WriteString("phase", NameOf(progress.Phase));
        json.WriteBoolean("isOver", progress.IsOver);
        json.WriteKnown("seconds", progress.Seconds);
        json.WriteNumber("parameters", progress.Parameters);
        json.WriteNumber("silos", progress.Silos);
        json.WriteNumber("workersLive", progress.WorkersLive);
        json.WriteNumber("tickets", progress.Tickets);
        json.WriteNumber("samples", progress.Samples);
        json.WriteNumber("samplesTotal", progress.SamplesTotal);
        json.WriteNumber("samplesPerEpoch", progress.SamplesPerEpoch);
        json.WriteNumber("updates", progress.Updates);
        json.WriteNumber("updatesLost", progress.UpdatesLost);
        json.WriteNumber("samplesRepeated", progress.SamplesRepeated);
        json.WriteNumber("bytesPushed", progress.BytesPushed);
        json.WriteNumber("bytesPulled", progress.BytesPulled);
        json.WriteNumber("delayMax", progress.DelayMax);
        json.WriteNumber("checkpoints", progress.Checkpoints);
        json.WriteNumber("checkpointTicket", progress.CheckpointTicket);
        json.WriteNumber("resumptions", progress.Resumptions);
        json.WriteNumber("ticketsRedone", progress.TicketsRedone);
        json.WriteKnown("loss", progress.Loss);
        json.WriteKnown("testAccuracy", accuracy);
        json.WriteKnown("samplesPerSecond", progress.IsOver ? progress.Samples / progress.Seconds : rate.PerSecond);
        json.WriteKnown("secondsLeft", progress.Phase == JobPhase.Running ? rate.SecondsUntil(progress.SamplesTotal) : double.NaN);
        json.WriteKnown("delayMean", progress.DelayMean);
        json.WriteKnown("gapMean", progress.GapMean);
        json.WriteKnown("boundMeasured", progress.BoundMeasured);
        json.WriteKnown("boundPredicted", progress.BoundPredicted);
        json.WriteKnown("recoverySecondsMax", progress.RecoverySecondsMax);
        json.WriteKnown("boundModel", progress.BoundModel);
        json.WriteKnown("condition", progress.Condition);
        json.WriteKnown("error", progress.Error);
        json.WriteKnown("hint", progress.Hint);
        json.WriteList("alarms", progress.Alarms.TakeLast(SentencesMax));
        json.WriteList("warnings", progress.Warnings.TakeLast(SentencesMax));
        if (progress.Certificate is { } certificate)
        {
            WriteCertificate(json, certificate);
        }

        json.WriteEndObject();
    }

    /// <summary>An event.</summary>
    public static void Write(Utf8JsonWriter json, JobEvent happened)
    {
        json.WriteStartObject();
        json.WriteString("kind", happened.Kind);
        json.WriteKnown("seconds", happened.Seconds);
        json.WriteNumber("tickets", happened.Tickets);
        json.WriteString("text", EventText.Of(happened));
        json.WriteKnown("testLoss", happened.TestLoss);
        json.WriteKnown("testAccuracy", happened.TestAccuracy);
        json.WriteKnown("silo", happened.Silo);
        json.WriteEndObject();
    }

    /// <summary>The phase in one word.</summary>
    public static string NameOf(JobPhase phase) => phase.ToString().ToLowerInvariant();

    private static void WriteCertificate(Utf8JsonWriter json, CertificateProgress certificate)
    {
        json.WriteStartObject("certificate");
        json.WriteString("status", certificate.Status);
        json.WriteKnown("reason", certificate.Reason);
        json.WriteKnown("value", certificate.Value);
        json.WriteKnown("optimisation", certificate.Optimisation);
        json.WriteKnown("staleness", certificate.Staleness);
        json.WriteKnown("noise", certificate.Noise);
        json.WriteKnown("bias", certificate.Bias);
        json.WriteKnown("jump", certificate.Jump);
        json.WriteEndObject();
    }
}
