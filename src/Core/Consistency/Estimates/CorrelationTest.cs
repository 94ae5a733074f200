namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>Whether two series go together, beyond what both do slowly: how long gradients take, and what comes out of them.</summary>
/// <remarks>
/// Updates may be late or lost, as long as that does not depend on the samples: otherwise the slow gradients are missing from a view more often,
/// and the step is biased. Training itself makes losses fall and machines get faster or slower, so not the values are compared but the
/// differences of neighbours, two by two: what drifts is nearly gone from them, and no two of them share a value. Pearson's r of the
/// differences has the standard error 1 / √(n − 3) after Fisher's transformation. Not thread-safe.
/// </remarks>
public sealed class CorrelationTest
{
    /// <summary>Standard errors of Fisher's z that count: one false alarm in about sixteen thousand.</summary>
    public const double ErrorsMax = 4;

    /// <summary>|r| that is worth a word: below it, one hundredth of the spread at most goes together, and biases nothing that could be seen.</summary>
    public const double CorrelationMin = 0.1;

    private double _xx;
    private double _yy;
    private double _xy;
    private double _firstX = double.NaN;
    private double _firstY;

    /// <summary>Differences that were compared: half of the pairs.</summary>
    public long Count { get; private set; }

    /// <summary>Pearson's r; NaN while it is not defined.</summary>
    public double Correlation => _xx * _yy > 0 ? _xy / Math.Sqrt(_xx * _yy) : double.NaN;

    /// <summary>Fisher's z in standard errors; NaN with fewer than ten differences.</summary>
    public double Errors => Count < 10 ? double.NaN : Math.Atanh(Math.Clamp(Correlation, -0.999_999, 0.999_999)) * Math.Sqrt(Count - 3);

    /// <summary>True when the series go together beyond chance, and enough to matter.</summary>
    public bool IsCorrelated => Math.Abs(Errors) > ErrorsMax && Math.Abs(Correlation) > CorrelationMin;

    /// <summary>Adds a pair; one with a number that is not finite is left out.</summary>
    public void Add(double x, double y)
    {
        if (!double.IsFinite(x + y))
        {
            return;
        }

        if (double.IsNaN(_firstX))
        {
            (_firstX, _firstY) = (x, y);
            return;
        }

        double differenceX = x - _firstX;
        double differenceY = y - _firstY;
        _firstX = double.NaN;
        _xx += differenceX * differenceX;
        _yy += differenceY * differenceY;
        _xy += differenceX * differenceY;
        Count++;
    }
}
