using System.Text.Json;

namespace OrleansSgd.Certifier.Figures;

/// <summary>What the predicted B takes from a job's plan.</summary>
/// <param name="Mode">Such as <c>async</c>.</param>
/// <param name="Workers">W.</param>
/// <param name="LocalSteps">H.</param>
/// <param name="NormShare">β of norm-bounded.</param>
/// <param name="Substitute">What stands in for missing gradients.</param>
/// <param name="HasFeedback">True when a codec holds back what it does not send.</param>
/// <param name="Momentum">μ; 0 when the rule has none.</param>
/// <param name="AnswerFraction">Share of the parameters that an answer holds.</param>
internal sealed record PlanFields(
    string Mode, double Workers, double LocalSteps, double NormShare, string Substitute, bool HasFeedback, double Momentum, double AnswerFraction)
{
    /// <summary>Reads a plan's JSON; keys are matched whatever their case, and absent ones have the defaults of a job file.</summary>
    /// <exception cref="InvalidDataException">The text is no JSON object with these fields.</exception>
    public static PlanFields Read(string plan, string mode, int workers)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(plan);
            return Read(document.RootElement, mode, workers);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The plan in ledger.open cannot be read ({error.Message.TrimEnd('.')}); get the trace as it was written.");
        }
    }

    private static PlanFields Read(JsonElement plan, string mode, int workers)
    {
        // A job's plan has the way it is trained beside its data and its model.
        JsonElement root = Find(plan, "run") is { ValueKind: JsonValueKind.Object } run ? run : plan;
        JsonElement codec = Find(root, "codec");
        JsonElement rule = Find(root, "rule");
        bool hasMomentum = Text(rule, "kind", "sgd") == "momentum";
        return new PlanFields(
            mode,
            workers,
            Number(root, "localSteps", 1),
            Number(root, "normShare", 0.5),
            Text(root, "substitute", "auto"),
            (Text(codec, "kind", "dense") != "dense" || Text(codec, "values", "float32") != "float32") && Truth(codec, "errorFeedback", true),
            hasMomentum ? Number(rule, "decay", 0.9) : 0,
            Number(root, "answerFraction", 1));
    }

    private static JsonElement Find(JsonElement parent, string key)
    {
        if (parent.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in parent.EnumerateObject())
            {
                if (property.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value;
                }
            }
        }

        return default;
    }

    private static double Number(JsonElement parent, string key, double absent) =>
        Find(parent, key) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value ? value.GetDouble() : absent;

    private static string Text(JsonElement parent, string key, string absent) =>
        Find(parent, key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : absent;

    private static bool Truth(JsonElement parent, string key, bool absent) =>
        Find(parent, key) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : absent;
}
