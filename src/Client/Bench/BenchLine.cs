using System.Text.Json;

namespace OrleansSgd.Client.Bench;

/// <summary>What one program answered: its line of JSON, or why there is none.</summary>
/// <param name="Fields">The object it printed; undefined when there is trouble.</param>
/// <param name="Trouble">One sentence; null when all is well.</param>
internal sealed record BenchLine(JsonElement Fields, string? Trouble)
{
    // What programs say of what they are built on.
    private static readonly string[] Builds = ["torch", "blas", "numpy", "scikitLearn", "liblinear", "mpi", "python"];

    /// <summary>A program that gave no line.</summary>
    public static BenchLine OfTrouble(string trouble) => new(default, trouble);

    /// <summary>Reads what a program printed: its last line is the answer.</summary>
    public static BenchLine Read(string output)
    {
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
        try
        {
            JsonElement fields = JsonSerializer.Deserialize<JsonElement>(last);
            return fields.ValueKind == JsonValueKind.Object ? new(fields, null) : OfTrouble($"It printed no JSON object, but: {Cut(last)}.");
        }
        catch (JsonException)
        {
            return OfTrouble(last.Length == 0 ? "It printed nothing." : $"It printed no JSON object, but: {Cut(last)}.");
        }
    }

    /// <summary>The number that a comparison is about.</summary>
    /// <param name="trouble">Why there is none.</param>
    public double? Figure(Measure measure, double factor, out string trouble)
    {
        trouble = Trouble ?? "";
        if (Trouble is not null)
        {
            return null;
        }

        if (!Fields.TryGetProperty(measure.Field, out JsonElement value) || value.ValueKind != JsonValueKind.Number)
        {
            trouble = $"Its line has no number {measure.Field}.";
            return null;
        }

        double figure = value.GetDouble() * factor;
        if (!double.IsFinite(figure) || figure < 0 || (figure == 0 && !measure.IsLessBetter))
        {
            trouble = $"Its {measure.Field} is {value}, which is no measurement.";
            return null;
        }

        return figure;
    }

    /// <summary>What the program is built on, such as <c>torch 1.13.0a0</c>.</summary>
    public IEnumerable<string> Versions => Fields.ValueKind != JsonValueKind.Object ? [] : Builds
        .Where(name => Fields.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
        .Select(name => $"{(name == "scikitLearn" ? "scikit-learn" : name)} {Fields.GetProperty(name).GetString()}");

    private static string Cut(string line) => line.Length <= 120 ? line : line[..120] + "…";
}
