using System.Text;
using System.Text.Json;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Writes a plan as a job file that makes it again.</summary>
/// <remarks>YAML takes JSON values as they are, so the keys are one a line and what stands behind them is JSON. Absent keys keep their defaults.</remarks>
internal static class JobFileText
{
    /// <summary>The text of a job file.</summary>
    /// <param name="plan">A plan as it travels.</param>
    /// <param name="silos">Silos of the run; 0 when not known.</param>
    public static string Of(JsonElement plan, int silos)
    {
        var text = new StringBuilder();
        using var unsaid = JsonDocument.Parse(new JobPlan().ToJson());
        JsonElement defaults = unsaid.RootElement;
        Keys(text, plan, defaults, JobSchema.File);
        if (silos > 0)
        {
            text.Append("silos: ").Append(Math.Min(silos, JobSchema.SilosMax)).Append('\n');
        }

        // What the plan keeps apart, how the model is trained, stands on the first level of a job file.
        if (plan.TryGetProperty("run", out JsonElement run))
        {
            Keys(text, run, defaults.GetProperty("run"), JobSchema.File);
        }

        return text.ToString();
    }

    private static void Keys(StringBuilder text, JsonElement values, JsonElement defaults, JobSection schema)
    {
        foreach (JsonProperty one in values.EnumerateObject())
        {
            JsonElement usual = defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty(one.Name, out JsonElement known) ? known : default;
            if (schema.Find(one.Name) is not { } key || IsDefault(one.Value, usual))
            {
                continue;
            }

            if (key.Kind != JobValueKind.Section)
            {
                text.Append(one.Name).Append(": ").Append(one.Value.GetRawText()).Append('\n');
                continue;
            }

            var inner = new StringBuilder();
            Keys(inner, one.Value, usual, JobSchema.Section(one.Name));
            if (inner.Length > 0)
            {
                text.Append(one.Name).Append(":\n  ").Append(inner.ToString().TrimEnd('\n').Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
            }
        }
    }

    // A key that a mode or kind has no use for is a mistake unless it has its default, and a short file says more. What a plan can leave open and does not
    // was said, even where it is what would have been taken.
    private static bool IsDefault(JsonElement value, JsonElement usual) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Object => false,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => usual.ValueKind != JsonValueKind.Undefined && value.GetRawText() == usual.GetRawText(),
    };
}
