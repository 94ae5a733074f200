using System.Globalization;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>Which codec a run uses, as a job file says it.</summary>
/// <param name="Kind"><c>dense</c>, <c>top-k</c>, <c>random-k</c>, <c>threshold</c>, <c>qsgd</c> or <c>one-bit</c>.</param>
/// <param name="Fraction">Share of the coordinates sent, above 0 and at most 1. Top-k and random-k take this or <paramref name="Count"/>.</param>
/// <param name="Count">Coordinates sent, at least 1.</param>
/// <param name="ErrorFeedback">True when what is not sent is kept for the next update; has no effect on dense float32.</param>
/// <param name="Levels">QSGD: levels s on each side of 0, 1 to 127; default 31, which takes six bits a value.</param>
/// <param name="Bucket">QSGD and one-bit: coordinates that share a scale, a multiple of 8, 16 to 2³⁰; default 512.</param>
/// <param name="Threshold">Threshold: the least magnitude sent, in parameter units; above 0.</param>
/// <param name="SeparateMeans">One-bit: values below 0 have a scale of their own.</param>
/// <param name="Values"><c>float32</c>, or <c>bfloat16</c> for half the bytes a value; not for qsgd and one-bit, which have fewer.</param>
public sealed record CodecPlan(
    string Kind = CodecPlan.Dense,
    double? Fraction = null,
    int? Count = null,
    bool ErrorFeedback = true,
    int? Levels = null,
    int? Bucket = null,
    double? Threshold = null,
    bool SeparateMeans = false,
    string Values = CodecPlan.WholeValues)
{
    /// <summary>Every coordinate of every update.</summary>
    public const string Dense = "dense";

    /// <summary>The k coordinates of largest magnitude.</summary>
    public const string TopK = "top-k";

    /// <summary>k coordinates drawn at random.</summary>
    public const string RandomK = "random-k";

    /// <summary>The coordinates whose magnitude reaches a threshold.</summary>
    public const string AboveThreshold = "threshold";

    /// <summary>Every coordinate, rounded at random to a few levels.</summary>
    public const string Qsgd = "qsgd";

    /// <summary>The sign of every coordinate.</summary>
    public const string OneBit = "one-bit";

    /// <summary>Values as they are.</summary>
    public const string WholeValues = "float32";

    /// <summary>Values rounded to 8 significant bits.</summary>
    public const string Bfloat16 = "bfloat16";

    /// <summary>Most levels of QSGD on each side of 0: eight bits a value.</summary>
    public const int LevelsMax = sbyte.MaxValue;

    /// <summary>Levels of QSGD when the plan does not say: six bits a value, and ω = 0.53 with the default bucket.</summary>
    public const int LevelsDefault = 31;

    /// <summary>Bucket when the plan does not say: scales take a sixteenth of a bit a value.</summary>
    public const int BucketDefault = 512;

    /// <summary>Smallest bucket; below it, scales take more than two bits a value.</summary>
    public const int BucketMin = 16;

    /// <summary>Largest bucket; one larger than the vector is one scale for the whole vector.</summary>
    public const int BucketMax = BucketedPayload.BucketMax;

    /// <summary>What a bucket is a multiple of: eight coordinates are encoded at a time.</summary>
    public const int BucketMultiple = 8;

    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Dense, TopK, RandomK, AboveThreshold, Qsgd, OneBit];

    /// <summary>Every way to send a value.</summary>
    public static IReadOnlyList<string> ValueKinds { get; } = [WholeValues, Bfloat16];

    /// <summary>True when shards decode exactly what the rule made, so that nothing is held back and nothing dropped.</summary>
    public bool IsExact => Kind == Dense && Values == WholeValues;

    /// <summary>True when what is not sent is kept at the worker.</summary>
    public bool HoldsBack => !IsExact && ErrorFeedback;

    /// <summary>True when what is not sent is gone.</summary>
    public bool Drops => !IsExact && !ErrorFeedback;

    /// <summary>Everything wrong with the plan, each with its key, its value and the remedy.</summary>
    /// <param name="prefix">The key this plan stands under, such as <c>codec</c>.</param>
    /// <param name="dimension">d, when the model is known.</param>
    public IEnumerable<string> Mistakes(string prefix, int? dimension = null) => Kinds.Contains(Kind)
        ? ForeignMistakes(prefix).Concat(CountMistakes(prefix, dimension)).Concat(RangeMistakes(prefix))
        : [$"{prefix}.kind is '{Kind}'; use {Alternatives(Kinds)}."];

    /// <summary>k for a vector of d coordinates: the count, or the fraction rounded to the nearest whole number, at least 1.</summary>
    /// <exception cref="InvalidOperationException">The plan gives neither.</exception>
    public int CountFor(int dimension) =>
        Count ?? (Fraction is { } fraction
            ? Math.Clamp((int)Math.Round(fraction * dimension), 1, dimension)
            : throw new InvalidOperationException("The plan gives neither a fraction nor a count."));

    /// <summary>γ with ‖u − Q(u)‖² ≤ γ ‖u‖² for every u; in expectation for the codecs that draw at random.</summary>
    /// <param name="dimension">d, at least 1.</param>
    /// <remarks>
    /// Dense 0; top-k and random-k 1 − k/d; one-bit 1 − 1/n for buckets of n; QSGD ω/(1 + ω), and ω itself without error
    /// feedback; threshold 1, since an update below it is not sent at all. With bfloat16, 2⁻¹⁶ of what is sent is lost besides, as
    /// long as no value is below 2⁻¹²⁶. A plan without mistakes.
    /// </remarks>
    public double GammaBound(int dimension)
    {
        int length = Math.Min(Bucket ?? BucketDefault, dimension);
        double rounded = Values == Bfloat16 ? Bfloat16Loops.RoundoffMax * Bfloat16Loops.RoundoffMax : 0;
        switch (Kind)
        {
            case Dense:
                return rounded;
            case TopK or RandomK:
                double sent = (double)CountFor(dimension) / dimension;
                return 1 - (sent * (1 - rounded));
            case OneBit:
                return 1 - (1.0 / length);
            case Qsgd:
                double variance = QsgdCodec.VarianceFactor(length, Levels ?? LevelsDefault);
                return ErrorFeedback ? variance / (1 + variance) : variance;
            default:
                return 1;
        }
    }

    private IEnumerable<string> ForeignMistakes(string prefix)
    {
        (string Key, IFormattable? Value, string[] Users)[] keys =
        [
            ("fraction", Fraction, [TopK, RandomK]),
            ("count", Count, [TopK, RandomK]),
            ("levels", Levels, [Qsgd]),
            ("bucket", Bucket, [Qsgd, OneBit]),
            ("threshold", Threshold, [AboveThreshold]),
        ];
        foreach ((string key, IFormattable? value, string[] users) in keys)
        {
            if (value is not null && !users.Contains(Kind))
            {
                yield return Foreign(key, Text(value), users);
            }
        }

        if (SeparateMeans && Kind != OneBit)
        {
            yield return Foreign("separateMeans", "true", [OneBit]);
        }

        if (!ValueKinds.Contains(Values))
        {
            yield return $"{prefix}.values is '{Values}'; use {Alternatives(ValueKinds)}.";
        }
        else if (Values != WholeValues && Kind is Qsgd or OneBit)
        {
            yield return Foreign("values", Values, [Dense, TopK, RandomK, AboveThreshold]);
        }

        string Foreign(string key, string value, string[] users) =>
            $"{prefix}.{key} is {value} but {prefix}.kind is {Kind}, which has no use for it; remove it or use {Alternatives(users)}.";
    }

    private IEnumerable<string> CountMistakes(string prefix, int? dimension)
    {
        if (Kind is not (TopK or RandomK))
        {
            yield break;
        }

        if (Fraction is null && Count is null)
        {
            yield return $"{prefix}.kind is {Kind} without a size; give {prefix}.fraction (such as 0.01) or {prefix}.count.";
        }

        if (Fraction is not null && Count is not null)
        {
            yield return $"{prefix}.fraction is {Text(Fraction)} and {prefix}.count is {Text(Count)}; give one of them.";
        }

        if (Fraction is { } fraction && !(fraction > 0 && fraction <= 1))
        {
            yield return $"{prefix}.fraction is {Text(fraction)}; use a number above 0, at most 1.";
        }

        if (Count < 1)
        {
            yield return $"{prefix}.count is {Text(Count)}; use 1 or more.";
        }
        else if (Count > dimension)
        {
            yield return $"{prefix}.count is {Text(Count)}, but the model has {Text(dimension)} parameters; use at most that many.";
        }
    }

    private IEnumerable<string> RangeMistakes(string prefix)
    {
        if (Kind == Qsgd && Levels is < 1 or > LevelsMax)
        {
            yield return $"{prefix}.levels is {Text(Levels)}; use 1 to {LevelsMax}.";
        }

        if (Kind is Qsgd or OneBit && (Bucket is < BucketMin or > BucketMax || Bucket % BucketMultiple > 0))
        {
            yield return $"{prefix}.bucket is {Text(Bucket)}; use a multiple of {BucketMultiple}, {BucketMin} to {BucketMax}.";
        }

        if (Kind != AboveThreshold)
        {
            yield break;
        }

        if (Threshold is not { } threshold)
        {
            yield return $"{prefix}.kind is {Kind} without a threshold; give {prefix}.threshold, in parameter units (such as 0.001).";
        }
        else if (!((float)threshold > 0 && float.IsFinite((float)threshold)))
        {
            yield return $"{prefix}.threshold is {Text(threshold)}; use a number above 0 that a 32-bit float can hold.";
        }
    }

    private static string Alternatives(IReadOnlyList<string> words) => words.Count == 1
        ? words[0]
        : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
