namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>Whether every worker, or every range of samples, took the part that is its due.</summary>
public enum ParticipationVerdict
{
    /// <summary>Too few uses for a statement.</summary>
    Undecided,

    /// <summary>The counts are as near to their due as chance leaves them, or nearer.</summary>
    Even,

    /// <summary>They are not, beyond chance: gradients are biased towards some samples or workers.</summary>
    Uneven,
}

/// <summary>χ² test of use counts: under churn, lost work must not fall on the same samples again and again.</summary>
/// <remarks>
/// χ² = Σ (count − due)² / due, with (number of counts − 1) degrees of freedom. Its quantile is Wilson and Hilferty's,
/// good to 1 % from three degrees of freedom on, and to 5 % below. One-sided: counts more even than chance, as shuffling makes them, are even.
/// </remarks>
/// <param name="Verdict">What the counts show.</param>
/// <param name="ChiSquare">χ²; NaN when undecided.</param>
/// <param name="ChiSquareMax">What chance leaves it below, with this confidence; NaN when undecided.</param>
/// <param name="Degrees">Degrees of freedom.</param>
/// <param name="Confidence">One-sided.</param>
public readonly record struct ParticipationTest(
    ParticipationVerdict Verdict, double ChiSquare, double ChiSquareMax, int Degrees, double Confidence)
{
    /// <summary>Fewest uses due to each: below it, χ² of whole numbers is not χ² distributed.</summary>
    public const double DueMin = 5;

    /// <summary>Tests counts that ought to be equal.</summary>
    /// <param name="counts">Uses, 0 or more each.</param>
    /// <param name="confidence">Above 0.5, below 1.</param>
    public static ParticipationTest Of(ReadOnlySpan<long> counts, double confidence = ConditionTest.ConfidenceDefault) =>
        Of(counts, [], confidence);

    /// <summary>Tests counts that ought to be proportional to shares.</summary>
    /// <param name="counts">Uses, 0 or more each.</param>
    /// <param name="shares">What is due to each, in any unit, above 0: lengths of ranges, for instance. Empty for equal shares.</param>
    /// <param name="confidence">Above 0.5, below 1.</param>
    /// <exception cref="ArgumentException">There are not as many shares as counts, or one of either is out of its range.</exception>
    public static ParticipationTest Of(
        ReadOnlySpan<long> counts, ReadOnlySpan<double> shares, double confidence = ConditionTest.ConfidenceDefault)
    {
        if (shares.Length != 0 && shares.Length != counts.Length)
        {
            throw new ArgumentException($"There are {counts.Length} counts but {shares.Length} shares.", nameof(shares));
        }

        double normal = StudentQuantile.Normal(confidence);
        double total = 0;
        double shareTotal = 0;
        double shareMin = double.PositiveInfinity;
        for (int i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            total += counts[i];
            double share = Share(shares, i);
            shareTotal += share;
            shareMin = Math.Min(shareMin, share);
        }

        int degrees = Math.Max(0, counts.Length - 1);
        if (degrees == 0 || total * shareMin / shareTotal < DueMin)
        {
            return new ParticipationTest(ParticipationVerdict.Undecided, double.NaN, double.NaN, degrees, confidence);
        }

        double square = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            double due = total * Share(shares, i) / shareTotal;
            square += (counts[i] - due) * (counts[i] - due) / due;
        }

        double spread = 2.0 / (9 * degrees);
        double root = 1 - spread + (normal * Math.Sqrt(spread));
        double max = degrees * root * root * root;
        ParticipationVerdict verdict = square <= max ? ParticipationVerdict.Even : ParticipationVerdict.Uneven;
        return new ParticipationTest(verdict, square, max, degrees, confidence);
    }

    /// <inheritdoc/>
    public override string ToString() => Verdict switch
    {
        ParticipationVerdict.Undecided => $"Too few uses for a statement about participation: {DueMin} are due to each at least.",
        ParticipationVerdict.Even => $"Participation is even: χ² is {ChiSquare:g4}, chance leaves it below {ChiSquareMax:g4} ({Confidence:p0}).",
        _ => $"Participation is uneven: χ² is {ChiSquare:g4}, chance would leave it below {ChiSquareMax:g4} ({Confidence:p0}).",
    };

    private static double Share(ReadOnlySpan<double> shares, int index) => shares.Length == 0 ? 1
        : double.IsFinite(shares[index]) && shares[index] > 0 ? shares[index]
        : throw new ArgumentException($"Share {index} is {shares[index]}; use a finite number above 0.", nameof(shares));
}
