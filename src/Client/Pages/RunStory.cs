using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Pages;

/// <summary>A run as its events tell it: all that a page about it needs, and nothing that they do not say.</summary>
internal sealed record RunStory
{
    /// <summary>Id of the job; "run" when no event names it.</summary>
    public string Job { get; init; } = "run";

    /// <summary>Fields of <c>about</c>: versions, machine, plan; no object when the events have none.</summary>
    public JsonElement About { get; init; }

    /// <summary>Fields of <c>started</c>.</summary>
    public JsonElement Started { get; init; }

    /// <summary>Fields of the closing event.</summary>
    public JsonElement Closing { get; init; }

    /// <summary><c>completed</c>, <c>cancelled</c> or <c>failed</c>; empty when the events end before the run did.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<ProgressPoint> Progress { get; init; } = [];

    /// <summary>Evaluations, in the order of their epochs.</summary>
    public IReadOnlyList<JobEvent> Evaluations { get; init; } = [];

    /// <summary>Everything else that happened, in order.</summary>
    public IReadOnlyList<Happening> Happenings { get; init; } = [];

    /// <summary>Names of the silos that were there, in the order in which they came.</summary>
    public IReadOnlyList<string> Silos { get; init; } = [];

    /// <summary>Fields of <c>churned</c>; no object for a run without a script.</summary>
    public JsonElement Churn { get; init; }

    /// <summary>Updates by delay: bin i counts those from i · <see cref="DelayWidth"/> on.</summary>
    public IReadOnlyList<long> DelayCounts { get; init; } = [];

    /// <summary>Delays of one bin.</summary>
    public long DelayWidth { get; init; } = 1;

    /// <summary>Whether only some updates were counted, as in a trace.</summary>
    public bool IsDelaySampled { get; init; }

    /// <summary>The plan; null when the events have none.</summary>
    public JsonElement? Plan => Field(About, "plan");

    /// <summary>One field; null when there is no such field, or no object.</summary>
    public static JsonElement? Field(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty(name, out JsonElement value) ? value : null;

    /// <summary>A number; NaN when it is not known.</summary>
    public static double Number(JsonElement fields, string name) =>
        Field(fields, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN;

    /// <summary>A text; null when it is not known.</summary>
    public static string? Text(JsonElement fields, string name) =>
        Field(fields, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}

/// <summary>One <c>progress</c> event; NaN for what it does not say.</summary>
internal readonly record struct ProgressPoint(
    double Seconds, double Loss, double SamplesPerSecond, double GapMean, double BoundPredicted, double Value, double Optimisation,
    double Staleness, double Noise, double Bias);

/// <summary>One thing that happened to a run.</summary>
/// <param name="Seconds">Since training began.</param>
/// <param name="Kind">What kind, for people: <c>silo</c>, <c>churn</c>, <c>check</c>, <c>note</c>.</param>
/// <param name="Text">What happened.</param>
/// <param name="IsMarked">Whether plots over time show it.</param>
internal sealed record Happening(double Seconds, string Kind, string Text, bool IsMarked);

/// <summary>The sentences of happenings, the same as on a terminal.</summary>
internal static class HappeningText
{
    /// <summary>The happening that an event tells of; null when it is none, or no news.</summary>
    /// <param name="name">Name of the event.</param>
    /// <param name="fields">Its fields.</param>
    public static Happening? Of(string name, JsonElement fields)
    {
        double seconds = RunStory.Number(fields, "seconds");
        switch (name)
        {
            case "membership":
                JobEvent change = Change(fields);
                return TrainText.IsNews(change) ? new Happening(seconds, "silo", TrainText.Membership(change), true) : null;
            case "resumed":
                return new Happening(seconds, "resumed", TrainText.Resumed(ReadResumed(fields)), true);
            case "paused" or "continued":
                return new Happening(seconds, "operator", TrainText.Operated(new JobEvent(name, seconds, Whole(fields, "tickets"))), true);
            case "straggler":
                return new Happening(seconds, "straggler", TrainText.Straggler(new JobEvent(
                    "straggler", seconds, 0, Silo: RunStory.Text(fields, "silo"), Worker: (int)Whole(fields, "worker"),
                    Ratio: RunStory.Number(fields, "ratio"))), false);
            case "chaos":
                return new Happening(seconds, "churn", Deed(fields), RunStory.Text(fields, "skipped") is null);
            case "alarm":
                return new Happening(seconds, "check", RunStory.Text(fields, "text") ?? "", false);
            case "warning":
                return new Happening(seconds, "note", RunStory.Text(fields, "text") ?? "", false);
            default:
                return null;
        }
    }

    /// <summary>A count; 0 when it is not known.</summary>
    public static long Whole(JsonElement fields, string name) =>
        RunStory.Field(fields, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long count) ? count : 0;

    private static JobEvent Change(JsonElement fields) => new(
        RunStory.Text(fields, "kind") ?? "changed", RunStory.Number(fields, "seconds"), Whole(fields, "tickets"),
        Silo: RunStory.Text(fields, "silo"), WorkersMoved: (int)Whole(fields, "workersMoved"), ShardsMoved: (int)Whole(fields, "shardsMoved"),
        Workers: (int)Whole(fields, "workers"),
        RateScale: RunStory.Field(fields, "rateScale")?.GetDouble() ?? 1, BatchScale: RunStory.Field(fields, "batchScale")?.GetDouble() ?? 1);

    private static JobEvent ReadResumed(JsonElement fields) => new(
        "resumed", RunStory.Number(fields, "seconds"), Whole(fields, "tickets"),
        TicketsRedone: RunStory.Field(fields, "ticketsRedone") is null ? -1 : Whole(fields, "ticketsRedone"),
        SecondsSince: RunStory.Field(fields, "secondsSinceCheckpoint")?.GetDouble() ?? 0);

    private static string Deed(JsonElement fields)
    {
        string silo = RunStory.Field(fields, "silo") is { } index ? $" silo {index.GetRawText()}" : "";
        string factor = RunStory.Field(fields, "factor") is { } times ? $" × {times.GetRawText()}" : "";
        string role = RunStory.Field(fields, "coordinator") is { ValueKind: JsonValueKind.True } ? ", the coordinator's" : "";
        string skipped = RunStory.Text(fields, "skipped") is { } why ? $" (skipped: {why})" : "";
        return $"{RunStory.Text(fields, "kind")}{silo}{factor}{role}{skipped}";
    }
}
