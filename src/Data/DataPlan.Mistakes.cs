using System.Globalization;

namespace OrleansSgd.Data;

public sealed partial record DataPlan
{
    /// <summary>Most features a plan may ask for, or a file may show: 2^28, a gigabyte of parameters.</summary>
    public const int FeatureCountMax = 1 << 28;

    /// <summary>Most classes; a larger label is a damaged file or a regression target.</summary>
    public const int ClassCountMax = 1 << 16;

    /// <summary>Most features of synthetic least squares, whose spectrum is computed exactly in O(d³).</summary>
    public const int LeastSquaresFeatureCountMax = 1024;

    /// <summary>Most batches read ahead: enough for any pause of a disk, and 64 batches of memory a worker.</summary>
    public const int PrefetchMax = 64;

    /// <summary>Longest window of a text.</summary>
    public const int LengthMax = 1 << 16;

    private static readonly string[] Files = [DataKinds.Idx, DataKinds.LibSvm, DataKinds.Csv];
    private static readonly string[] Images = [DataKinds.Idx, DataKinds.Mnist, DataKinds.Cifar10];
    private static readonly string[] Public = [DataKinds.Mnist, DataKinds.Cifar10];

    private static readonly (string Key, Func<DataPlan, bool> IsSet, string[] Kinds)[] Uses =
    [
        ("path", p => p.Path is not null, [.. Files, DataKinds.Text]),
        ("labelPath", p => p.LabelPath is not null, [DataKinds.Idx]),
        ("testPath", p => p.TestPath is not null, Files),
        ("testLabelPath", p => p.TestLabelPath is not null, [DataKinds.Idx]),
        ("limit", p => p.Limit is not null, [.. Files, .. Public]),
        ("testLimit", p => p.TestLimit is not null, [.. Files, .. Public]),
        ("testShare", p => p.TestShare is not null, [.. Files, DataKinds.Text]),
        ("seed", p => p.Seed is not null, [.. Files, DataKinds.Synthetic]),
        ("normalise", p => p.Normalise is not null, [DataKinds.Idx, DataKinds.Csv, .. Public]),
        ("augment", p => p.Augment is not null, Images),
        ("length", p => p.Length is not null, [DataKinds.Text]),
        ("stride", p => p.Stride is not null, [DataKinds.Text]),
        ("labels", p => p.Labels is not null, [DataKinds.LibSvm, DataKinds.Csv]),
        ("classCount", p => p.ClassCount is not null, [.. Files, DataKinds.Synthetic]),
        ("featureCount", p => p.FeatureCount is not null, [DataKinds.LibSvm, DataKinds.Synthetic]),
        ("header", p => p.Header is not null, [DataKinds.Csv]),
        ("labelColumn", p => p.LabelColumn is not null, [DataKinds.Csv]),
        ("delimiter", p => p.Delimiter is not null, [DataKinds.Csv]),
        ("shape", p => p.Shape is not null, [DataKinds.Synthetic]),
        ("sampleCount", p => p.SampleCount is not null, [DataKinds.Synthetic]),
        ("testSampleCount", p => p.TestSampleCount is not null, [DataKinds.Synthetic]),
        ("noise", p => p.Noise is not null, [DataKinds.Synthetic]),
        ("condition", p => p.Condition is not null, [DataKinds.Synthetic]),
        ("entriesPerRow", p => p.EntriesPerRow is not null, [DataKinds.Synthetic]),
        ("separation", p => p.Separation is not null, [DataKinds.Synthetic]),
    ];

    /// <summary>Every mistake at once, each with its key, value and range; empty when the plan can be opened.</summary>
    /// <param name="prefix">Where the plan stands in the job file, such as <c>data</c>; may be empty.</param>
    public IEnumerable<string> Mistakes(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string at = prefix.Length == 0 || prefix.EndsWith('.') ? prefix : prefix + ".";
        if (!DataKinds.All.Contains(Kind))
        {
            return [$"{at}kind is {Quoted(Kind)}; use {Choices(DataKinds.All)}."];
        }

        return Uses
            .Where(use => use.IsSet(this) && !use.Kinds.Contains(Kind))
            .Select(use => $"{use.Key} is not used by kind {Kind}, only by {Choices(use.Kinds)}; remove it.")
            .Concat(Kind == DataKinds.Synthetic ? SyntheticMistakes() : FileMistakes())
            .Concat(ReadingMistakes())
            .Select(mistake => at + mistake)
            .ToList();
    }

    /// <summary>Everything that does not fit the samples, once they are open.</summary>
    /// <param name="prefix">As in <see cref="Mistakes"/>.</param>
    /// <param name="shape">Extents of one sample.</param>
    public IEnumerable<string> MistakesWith(string prefix, IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(shape);
        string at = prefix.Length == 0 || prefix.EndsWith('.') ? prefix : prefix + ".";
        if (Augment is { Count: > 0 } && shape.Count != 3)
        {
            yield return $"{at}augment changes images of rank 3 (channels, rows, columns), but a sample is {string.Join(" × ", shape)}; remove it.";
        }
    }

    private IEnumerable<string> FileMistakes()
    {
        if (!Public.Contains(Kind) && string.IsNullOrWhiteSpace(Path))
        {
            yield return $"path is missing; name the training file of kind {Kind}.";
        }

        if (Kind == DataKinds.Idx && string.IsNullOrWhiteSpace(LabelPath))
        {
            yield return "labelPath is missing; kind idx keeps labels in a file of their own.";
        }

        if (Kind == DataKinds.Idx && TestPath is null != TestLabelPath is null)
        {
            yield return "testPath and testLabelPath belong together; give both or neither.";
        }

        if (TestPath is { } testPath && string.IsNullOrWhiteSpace(testPath))
        {
            yield return "testPath is empty; name a file or remove it.";
        }

        if (TestLimit is not null && TestPath is null && !Public.Contains(Kind))
        {
            yield return "testLimit needs testPath; remove it or name the test file.";
        }

        if (TestShare is { } share && !(share > 0 && share < 1))
        {
            yield return $"testShare is {Text(share)}; use a number above 0 and below 1.";
        }

        if (TestShare is not null && TestPath is not null)
        {
            yield return "testShare and testPath both name a test set; keep one.";
        }

        foreach (string mistake in CountMistakes("limit", Limit, 1, int.MaxValue)
            .Concat(CountMistakes("testLimit", TestLimit, 1, int.MaxValue))
            .Concat(CountMistakes("classCount", ClassCount, 2, ClassCountMax))
            .Concat(CountMistakes("featureCount", FeatureCount, 1, FeatureCountMax))
            .Concat(LabelMistakes()))
        {
            yield return mistake;
        }
    }

    private IEnumerable<string> ReadingMistakes()
    {
        IReadOnlyList<string> changes = Augment ?? [];
        for (int i = 0; i < changes.Count; i++)
        {
            if (!Augmentations.All.Contains(changes[i]))
            {
                yield return $"augment[{i}] is {Quoted(changes[i])}; use {Choices(Augmentations.All)}.";
            }
            else if (changes.Take(i).Contains(changes[i]))
            {
                yield return $"augment names {changes[i]} twice; once is enough.";
            }
        }

        foreach (string mistake in CountMistakes("prefetch", Prefetch, 0, PrefetchMax)
            .Concat(CountMistakes("length", Length, 1, LengthMax))
            .Concat(CountMistakes("stride", Stride, 1, int.MaxValue)))
        {
            yield return mistake;
        }
    }

    private IEnumerable<string> LabelMistakes()
    {
        if (Labels is { } labels && !LabelSchemes.All.Contains(labels))
        {
            yield return $"labels is {Quoted(labels)}; use {Choices(LabelSchemes.All)}.";
        }

        if (Labels == LabelSchemes.Names && Kind == DataKinds.LibSvm)
        {
            yield return "labels is \"names\", but libsvm labels are numbers; names are for csv.";
        }

        if (Labels == LabelSchemes.Targets && ClassCount is not null)
        {
            yield return "classCount has no meaning with labels targets; remove one of them.";
        }

        if (Labels == LabelSchemes.PlusMinus && ClassCount is not (null or 2))
        {
            yield return $"classCount is {ClassCount}, but signed labels are two classes; remove it.";
        }

        if (LabelColumn is { } column && string.IsNullOrWhiteSpace(column))
        {
            yield return "labelColumn is empty; give the column's name or its index from 0.";
        }

        if (Delimiter is { } delimiter && delimiter != "tab" && !IsDelimiter(delimiter))
        {
            yield return $"delimiter is {Quoted(delimiter)}; use one character that no number contains, or tab.";
        }
    }

    private IEnumerable<string> SyntheticMistakes()
    {
        if (Shape is null || !SyntheticShapes.All.Contains(Shape))
        {
            return [$"shape is {Quoted(Shape)}; use {Choices(SyntheticShapes.All)}."];
        }

        return Synthetic.SyntheticPlanCheck.Mistakes(this)
            .Concat(CountMistakes("sampleCount", SampleCount, 1, int.MaxValue))
            .Concat(CountMistakes("testSampleCount", TestSampleCount, 0, int.MaxValue));
    }

    internal static IEnumerable<string> CountMistakes(string key, int? value, int min, int max)
    {
        if (value < min || value > max)
        {
            yield return max == int.MaxValue
                ? $"{key} is {value}; use {min} or more."
                : $"{key} is {value}; use {min} to {max}.";
        }
    }

    internal static string Choices(IReadOnlyList<string> choices) =>
        choices.Count == 1 ? choices[0] : $"{string.Join(", ", choices.SkipLast(1))} or {choices[^1]}";

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string? text) => string.IsNullOrEmpty(text) ? "missing" : $"\"{text}\"";

    private static bool IsDelimiter(string text) =>
        text.Length == 1 && !char.IsAsciiLetterOrDigit(text[0]) && "+-.\"\r\n".IndexOf(text[0], StringComparison.Ordinal) < 0;
}
