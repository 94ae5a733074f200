using System.Text.Json;

namespace OrleansSgd.Data;

/// <summary>What a job says about its data: where the samples are, how to read them, and which are for testing.</summary>
/// <remarks>
/// <para>Property names in camel case are the keys of the job file. An unset option (null) means its default; an
/// option that the kind does not use is a mistake, never ignored.</para>
/// <para>The same plan over the same files gives the same samples in the same order, bit for bit.</para>
/// </remarks>
public sealed partial record DataPlan
{
    /// <summary>One of <see cref="DataKinds.All"/>: idx, libsvm, csv, synthetic, mnist, cifar10, text.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Training samples (idx: the images). Relative paths start at the data folder. Plain or gzip.</summary>
    public string? Path { get; init; }

    /// <summary>Labels of <see cref="Path"/>; idx only.</summary>
    public string? LabelPath { get; init; }

    /// <summary>Test samples, in the format of <see cref="Path"/>.</summary>
    public string? TestPath { get; init; }

    /// <summary>Labels of <see cref="TestPath"/>; idx only.</summary>
    public string? TestLabelPath { get; init; }

    /// <summary>
    /// Reads the first n rows of <see cref="Path"/>, before any split; at least 1. State <see cref="ClassCount"/> and
    /// <see cref="FeatureCount"/> too when the first rows may not show them all.
    /// </summary>
    public int? Limit { get; init; }

    /// <summary>Reads the first n rows of the test file; at least 1.</summary>
    public int? TestLimit { get; init; }

    /// <summary>
    /// Share of the rows of <see cref="Path"/> drawn for testing by <see cref="Seed"/>; text: share of the characters, at the end of the
    /// text. Above 0, below 1.
    /// </summary>
    public double? TestShare { get; init; }

    /// <summary>Seed of the split and of synthetic data; default 1.</summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// Subtracts the mean and divides by the standard deviation of the training rows: one pair for all pixels (idx,
    /// mnist), one pair a colour (cifar10), one pair a column (csv). Default false.
    /// </summary>
    public bool? Normalise { get; init; }

    /// <summary>
    /// Some of <see cref="Augmentations.All"/>: random changes of training images, drawn anew in each epoch. idx, mnist, cifar10; default
    /// none.
    /// </summary>
    public IReadOnlyList<string>? Augment { get; init; }

    /// <summary>Batches of the lease that are read ahead while a gradient is computed; 0 to 64, default 0.</summary>
    public int? Prefetch { get; init; }

    /// <summary>Characters a model sees before it predicts the next; 1 to 65536, default 64. text.</summary>
    public int? Length { get; init; }

    /// <summary>Characters between the beginnings of two samples; 1 or more, default <see cref="Length"/>. text.</summary>
    public int? Stride { get; init; }

    /// <summary>One of <see cref="LabelSchemes.All"/>; default auto. libsvm and csv.</summary>
    public string? Labels { get; init; }

    /// <summary>Number of classes; default: one more than the largest label, at least 2 (gaussian-mixture: 10).</summary>
    public int? ClassCount { get; init; }

    /// <summary>Coordinates of a sample; libsvm (default: the largest index) and synthetic.</summary>
    public int? FeatureCount { get; init; }

    /// <summary>True when the first line names the columns; csv, default true.</summary>
    public bool? Header { get; init; }

    /// <summary>The label's column, by name or by index from 0; csv, default: the last.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>One character, or <c>tab</c>; csv, default a comma.</summary>
    public string? Delimiter { get; init; }

    /// <summary>One of <see cref="SyntheticShapes.All"/>; synthetic.</summary>
    public string? Shape { get; init; }

    /// <summary>Training samples to generate; default 10 000 (sparse-logistic: 20 000).</summary>
    public int? SampleCount { get; init; }

    /// <summary>Test samples to generate; default a fifth of <see cref="SampleCount"/>, 0 for no test set.</summary>
    public int? TestSampleCount { get; init; }

    /// <summary>
    /// least-squares: standard deviation of the targets' error, default 0.1. sparse-logistic: share of labels turned
    /// over, default 0.05. gaussian-mixture: standard deviation about a centre, default 1.
    /// </summary>
    public double? Noise { get; init; }

    /// <summary>Condition number L/c of the least-squares problem; 1 to 1e6, default 100.</summary>
    public double? Condition { get; init; }

    /// <summary>Mean number of entries in a sparse row; default 74.</summary>
    public int? EntriesPerRow { get; init; }

    /// <summary>Distance of each centre of the mixture from the origin; above 0, default 4.</summary>
    public double? Separation { get; init; }

    /// <summary>The plan as one line of JSON: equal plans give equal text, and <see cref="Parse"/> reads it back.</summary>
    public string ToCanonicalText() => JsonSerializer.Serialize(this, DataPlanJson.Default.DataPlan);

    /// <summary>Reads what <see cref="ToCanonicalText"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is not a plan, or has a key that no plan has.</exception>
    public static DataPlan Parse(string canonicalText)
    {
        ArgumentNullException.ThrowIfNull(canonicalText);
        try
        {
            return JsonSerializer.Deserialize(canonicalText, DataPlanJson.Default.DataPlan)
                ?? throw new InvalidDataException("Data plan is null; it must be a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Data plan is not readable: {error.Message}", error);
        }
    }
}
