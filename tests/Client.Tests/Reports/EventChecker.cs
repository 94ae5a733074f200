using System.Text.Json;

namespace OrleansSgd.Client.Tests.Reports;

/// <summary>Judges the lines of <c>grid train --json</c> by the published list of events and fields.</summary>
internal static class EventChecker
{
    private const string Text = "text";
    private const string Whole = "whole";
    private const string Number = "number";
    private const string Texts = "texts";
    private const string Flag = "flag";
    private const string CertificateGroup = "certificate";
    private const string Reasons = "reasons";

    private static readonly string[] Closing = ["completed", "cancelled", "failed"];

    private static readonly (string Name, string Type)[] Result =
    [
        ("trainingSeconds", Number), ("samples", Whole), ("samplesPerSecond", Number), ("testAccuracy", Number), ("testLoss", Number),
        ("updates", Whole), ("updatesLost", Whole), ("updatesPartial", Whole), ("updatesDoubled", Whole), ("samplesUnused", Whole),
        ("samplesRepeated", Whole), ("samplesOnce", Whole), ("samplesTwice", Whole), ("samplesNone", Whole), ("sampleReasons", Reasons), ("recoverySecondsMax", Number), ("checkpoints", Whole), ("checkpointStallShare", Number), ("resumptions", Whole), ("delayMean", Number), ("delayMax", Whole), ("certificate", CertificateGroup),
        ("alarms", Texts), ("warnings", Texts), ("model", Text), ("trace", Text), ("report", Text),
    ];

    private static readonly (string Name, string Type)[] Certificate =
    [
        ("status", Text), ("reason", Text), ("value", Number), ("optimisation", Number), ("staleness", Number), ("noise", Number), ("bias", Number),
        ("jump", Number), ("boundMeasured", Number), ("boundPredicted", Number), ("conditionHolds", Flag), ("gradientNormSquaredEstimate", Number),
    ];

    private static readonly Dictionary<string, (string Name, string Type)[]> Events = new()
    {
        ["started"] = [("job", Text), ("runtime", Text), ("torch", Text), ("silos", Whole), ("workers", Whole), ("shards", Whole), ("parameters", Whole), ("seed", Whole)],
        ["progress"] = [("seconds", Number), ("tickets", Whole), ("epoch", Whole), ("loss", Number), ("samplesPerSecond", Number), ("delayMean", Number), ("delayMax", Whole), ("gapMean", Number), ("boundPredicted", Number), ("certificate", CertificateGroup), ("checkpointTicket", Whole), ("bytesPushed", Whole), ("bytesPulled", Whole)],
        ["evaluated"] = [("seconds", Number), ("tickets", Whole), ("epoch", Whole), ("testLoss", Number), ("testAccuracy", Number), ("samplesOnce", Whole), ("samplesTwice", Whole), ("samplesNone", Whole), ("sampleReasons", Reasons)],
        ["resumed"] = [("seconds", Number), ("tickets", Whole), ("ticketsRedone", Whole), ("secondsSinceCheckpoint", Number)],
        ["paused"] = [("seconds", Number), ("tickets", Whole)],
        ["continued"] = [("seconds", Number), ("tickets", Whole)],
        ["straggler"] = [("seconds", Number), ("worker", Whole), ("silo", Text), ("ratio", Number)],
        ["membership"] =
        [
            ("seconds", Number), ("tickets", Whole), ("kind", Text), ("silo", Text), ("workersMoved", Whole), ("shardsMoved", Whole), ("workers", Whole),
            ("rateScale", Number), ("batchScale", Number),
        ],
        ["chaos"] = [("seconds", Number), ("tickets", Whole), ("kind", Text), ("silo", Whole), ("factor", Number), ("coordinator", Flag), ("secondsTaken", Number), ("cleared", Flag), ("skipped", Text)],
        ["churned"] = [("steps", Whole), ("skipped", Whole), ("notReached", Whole), ("killToFullSpeedSecondsMedian", Number), ("killToFullSpeedSecondsMax", Number), ("undisturbedToFullSpeedSecondsMax", Number), ("speedRatio", Number), ("accuracyDifference", Number), ("identical", Flag), ("broken", Texts)],
        ["completed"] = Result,
        ["cancelled"] = Result,
        ["failed"] = [("error", Text), ("code", Whole), ("hint", Text), ("mistakes", Texts)],
    };

    // Fields that may be unknown, and are then left out.
    private static readonly HashSet<string> Optional =
    [
        "checkpointTicket", "checkpoints", "checkpointStallShare", "resumptions", "ticketsRedone", "loss", "samplesPerSecond", "delayMean", "delayMax", "testAccuracy", "testLoss", "updatesDoubled", "recoverySecondsMax", "model", "hint", "mistakes", "report", "epoch",
        "gapMean", "boundPredicted", "certificate", "alarms", "warnings", "trace", "samplesOnce", "samplesTwice", "samplesNone", "sampleReasons",
        "value", "optimisation", "staleness", "noise", "bias", "jump", "boundMeasured", "conditionHolds", "gradientNormSquaredEstimate",
        "silo", "factor", "cleared", "skipped", "killToFullSpeedSecondsMedian", "killToFullSpeedSecondsMax", "undisturbedToFullSpeedSecondsMax", "speedRatio", "accuracyDifference", "identical", "broken",
    ];

    /// <summary>Everything wrong with the output; empty when there is nothing.</summary>
    public static List<string> Mistakes(string output)
    {
        var mistakes = new List<string>();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < lines.Length; i++)
        {
            Check(lines[i], isLast: i == lines.Length - 1, mistakes);
        }

        if (lines.Length == 0)
        {
            mistakes.Add("there is no event");
        }

        return mistakes;
    }

    private static void Check(string line, bool isLast, List<string> mistakes)
    {
        JsonElement json;
        try
        {
            json = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;
        }
        catch (JsonException error)
        {
            mistakes.Add($"not JSON ({error.Message}): {line}");
            return;
        }

        string name = json.GetProperty("event").GetString()!;
        if (!Events.TryGetValue(name, out (string Name, string Type)[]? fields))
        {
            mistakes.Add($"unknown event: {line}");
            return;
        }

        if (Closing.Contains(name) != isLast)
        {
            mistakes.Add(isLast ? $"the last event closes nothing: {line}" : $"a closing event is not the last: {line}");
        }

        CheckFields(name, json, fields, mistakes);
    }

    private static void CheckFields(string name, JsonElement json, (string Name, string Type)[] fields, List<string> mistakes)
    {
        Dictionary<string, JsonElement> given = json.EnumerateObject().Where(one => one.Name != "event").ToDictionary(one => one.Name, one => one.Value);
        mistakes.AddRange(given.Keys.Except(fields.Select(field => field.Name)).Select(extra => $"{name} has an unknown field {extra}"));
        foreach ((string field, string type) in fields)
        {
            if (!given.TryGetValue(field, out JsonElement value))
            {
                if (!Optional.Contains(field))
                {
                    mistakes.Add($"{name} lacks {field}");
                }
            }
            else if (!Is(value, type))
            {
                mistakes.Add($"{name}.{field} is no {type}: {value}");
            }
            else if (type == CertificateGroup)
            {
                CheckCertificate($"{name}.{field}", value, mistakes);
            }
        }
    }

    private static void CheckCertificate(string name, JsonElement certificate, List<string> mistakes)
    {
        CheckFields(name, certificate, Certificate, mistakes);
        string? status = certificate.TryGetProperty("status", out JsonElement word) ? word.GetString() : null;
        if (status is not ("RIGOROUS" or "STATISTICAL" or "VOID"))
        {
            mistakes.Add($"{name} has the unknown status {status}");
        }
        else if (certificate.TryGetProperty("value", out _) == (status == "VOID"))
        {
            mistakes.Add($"{name} is {status} {(status == "VOID" ? "and has" : "without")} a value");
        }
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        CertificateGroup => value.ValueKind == JsonValueKind.Object,
        Reasons => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => one.Value.TryGetUInt64(out ulong count) && count > 0),
        Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        Text => value.ValueKind == JsonValueKind.String,
        Whole => value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out _),
        Number => value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()),
        _ => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String),
    };
}
