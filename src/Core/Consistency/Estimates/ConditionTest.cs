namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>Whether the window's gaps show that elastic consistency holds with a given B.</summary>
public enum ConditionVerdict
{
    /// <summary>Too few values for a statement.</summary>
    Undecided,

    /// <summary>The upper confidence limit of the mean gap is at or below B².</summary>
    Holds,

    /// <summary>The mean gap may exceed B².</summary>
    NotShown,

    /// <summary>Even the lower confidence limit of the mean gap is above B².</summary>
    Violated,
}

/// <summary>The test of E D / α² ≤ B² on a window.</summary>
/// <remarks>
/// The definition asks for an expectation at every ticket. A mean over time is a stand-in for it that takes the window to be
/// stationary; say so wherever it is shown. The certificate needs only Σ αD, where a mean over time is exactly right.
/// </remarks>
/// <param name="Verdict">What the window shows.</param>
/// <param name="Mean">Mean gap.</param>
/// <param name="UpperLimit">Its upper confidence limit; NaN when undecided.</param>
/// <param name="BoundSquared">B².</param>
/// <param name="Confidence">One-sided.</param>
public readonly record struct ConditionTest(ConditionVerdict Verdict, double Mean, double UpperLimit, double BoundSquared, double Confidence)
{
    /// <summary>Confidence used when none is given.</summary>
    public const double ConfidenceDefault = 0.99;

    /// <summary>Blocks are this many times the largest delay: D of two tickets so far apart share no missing update.</summary>
    public const int DelaysPerBatch = 10;

    /// <summary>Tests a window of gaps.</summary>
    /// <param name="gaps">D / α² by ticket, oldest first: upper bounds or estimates.</param>
    /// <param name="delayMax">Largest delay in the window.</param>
    /// <param name="bound">B, 0 or more.</param>
    /// <param name="confidence">Above 0.5, below 1.</param>
    public static ConditionTest Of(ReadOnlySpan<double> gaps, double delayMax, double bound, double confidence = ConfidenceDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bound);
        int length = (int)Math.Clamp(DelaysPerBatch * delayMax, 1, int.MaxValue);
        BatchMeans means = BatchMeans.Of(gaps, length);
        double upper = means.UpperLimit(confidence);
        double squared = bound * bound;
        ConditionVerdict verdict = double.IsNaN(upper) ? ConditionVerdict.Undecided
            : upper <= squared ? ConditionVerdict.Holds
            : (2 * means.Mean) - upper > squared ? ConditionVerdict.Violated
            : ConditionVerdict.NotShown;
        return new ConditionTest(verdict, means.Mean, upper, squared, confidence);
    }

    /// <inheritdoc/>
    public override string ToString() => Verdict switch
    {
        ConditionVerdict.Undecided =>
            $"Too few tickets for a statement about the mean gap: {BatchMeans.CountMin} blocks of {DelaysPerBatch} × the largest delay are needed.",
        ConditionVerdict.Holds => $"Mean gap {Mean:g4}, at most {UpperLimit:g4} with confidence {Confidence:p0}: within B² = {BoundSquared:g4}.",
        ConditionVerdict.Violated => $"Mean gap {Mean:g4} exceeds B² = {BoundSquared:g4} beyond its error at confidence {Confidence:p0}.",
        _ => $"Mean gap {Mean:g4}, at most {UpperLimit:g4} with confidence {Confidence:p0}: not shown to be within B² = {BoundSquared:g4}.",
    };
}
