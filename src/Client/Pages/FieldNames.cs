using System.Text.Json;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Pages;

/// <summary>What the fields of a closing event are called on a page, and how their values are written.</summary>
/// <remarks>A field that is not known here is shown by its own name and as it is: what a run says is never left out.</remarks>
internal static class FieldNames
{
    private static readonly Dictionary<string, (string Label, Func<double, string> Text)> Known = new()
    {
        ["trainingSeconds"] = ("Training time", Figures.Duration),
        ["samples"] = ("Samples used", Figures.Count),
        ["samplesPerSecond"] = ("Samples per second, over the whole run", Figures.Count),
        ["testAccuracy"] = ("Test accuracy", Figures.Percent),
        ["testLoss"] = ("Test loss", Figures.Digits),
        ["updates"] = ("Updates", Figures.Count),
        ["updatesLost"] = ("Updates lost", Figures.Count),
        ["updatesPartial"] = ("Updates applied in part", Figures.Count),
        ["samplesUnused"] = ("Samples not used", Figures.Count),
        ["samplesRepeated"] = ("Samples used again", Figures.Count),
        ["samplesOnce"] = ("Samples used once", Figures.Count),
        ["samplesTwice"] = ("Samples used twice", Figures.Count),
        ["samplesNone"] = ("Samples not used, or not wholly", Figures.Count),
        ["recoverySecondsMax"] = ("Longest time from a loss to being whole again", Figures.Duration),
        ["checkpoints"] = ("Checkpoints", Figures.Count),
        ["checkpointStallShare"] = ("Share of the time held for checkpoints", Figures.Percent),
        ["resumptions"] = ("Times resumed", Figures.Count),
        ["delayMean"] = ("Mean delay, updates", Figures.Digits),
        ["delayMax"] = ("Largest delay, updates", Figures.Count),
        ["gapMean"] = ("Mean gap", Figures.Digits),
        ["tickets"] = ("Tickets", Figures.Count),
        ["code"] = ("Exit code", Figures.Count),
        ["value"] = ("Certificate: mean ‖∇f‖² is at most", Figures.Digits),
        ["optimisation"] = ("… of it, optimisation", Figures.Digits),
        ["staleness"] = ("… of it, staleness", Figures.Digits),
        ["noise"] = ("… of it, noise", Figures.Digits),
        ["bias"] = ("… of it, bias", Figures.Digits),
        ["jump"] = ("Rise of the loss by lost updates, at most", Figures.Digits),
        ["boundMeasured"] = ("B measured, √ of the mean gap", Figures.Digits),
        ["boundPredicted"] = ("B it is held against", Figures.Digits),
        ["gradientNormSquaredEstimate"] = ("‖∇f‖² by another estimate", Figures.Digits),
    };

    private static readonly Dictionary<string, string> Words = new()
    {
        ["error"] = "Error",
        ["hint"] = "What to do",
        ["status"] = "Certificate",
        ["reason"] = "Why",
        ["conditionHolds"] = "Mean gap ≤ B²",
        ["model"] = "Model",
        ["trace"] = "Trace",
        ["report"] = "This page",
    };

    /// <summary>What a field is called.</summary>
    public static string Label(string field) =>
        Known.TryGetValue(field, out (string Label, Func<double, string> Text) known) ? known.Label : Words.GetValueOrDefault(field, field);

    /// <summary>A value as people read it.</summary>
    public static string Text(string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Known.TryGetValue(field, out (string Label, Func<double, string> Text) known)
            ? known.Text(value.GetDouble())
            : value.GetRawText(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
