using System.Globalization;

namespace OrleansSgd.Core.Codecs;

/// <summary>Which codec a run uses, as a job file says it.</summary>
/// <param name="Kind"><c>dense</c> or <c>top-k</c>.</param>
/// <param name="Fraction">Share of the coordinates sent, above 0 and at most 1. Top-k takes this or <paramref name="Count"/>.</param>
/// <param name="Count">Coordinates sent, at least 1.</param>
/// <param name="ErrorFeedback">True when what is not sent is kept for the next update; has no effect on dense.</param>
public sealed record CodecPlan(
    string Kind = CodecPlan.Dense, double? Fraction = null, int? Count = null, bool ErrorFeedback = true)
{
    /// <summary>Every coordinate of every update.</summary>
    public const string Dense = "dense";

    /// <summary>The k coordinates of largest magnitude.</summary>
    public const string TopK = "top-k";

    /// <summary>Everything wrong with the plan, each with its key, its value and the remedy.</summary>
    /// <param name="prefix">The key this plan stands under, such as <c>codec</c>.</param>
    /// <param name="dimension">d, when the model is known.</param>
    public IEnumerable<string> Mistakes(string prefix, int? dimension = null)
    {
        switch (Kind)
        {
            case Dense:
                if (Fraction is not null)
                {
                    yield return DenseMistake("fraction", Fraction);
                }

                if (Count is not null)
                {
                    yield return DenseMistake("count", Count);
                }

                yield break;
            case TopK:
                break;
            default:
                yield return $"{prefix}.kind is '{Kind}'; use {Dense} or {TopK}.";
                yield break;
        }

        if (Fraction is null && Count is null)
        {
            yield return $"{prefix}.kind is {TopK} without a size; give {prefix}.fraction (such as 0.01) or {prefix}.count.";
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

        string DenseMistake(string key, IFormattable? value) =>
            $"{prefix}.{key} is {Text(value)} but {prefix}.kind is {Dense}, which sends everything; remove it or use {TopK}.";
    }

    /// <summary>k for a vector of d coordinates: the count, or the fraction rounded to the nearest whole number, at least 1.</summary>
    /// <exception cref="InvalidOperationException">The plan gives neither.</exception>
    public int CountFor(int dimension) =>
        Count ?? (Fraction is { } fraction
            ? Math.Clamp((int)Math.Round(fraction * dimension), 1, dimension)
            : throw new InvalidOperationException("The plan gives neither a fraction nor a count."));

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
