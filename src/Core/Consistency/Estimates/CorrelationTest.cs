namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>Whether two series go together, beyond what both do slowly: how long gradients take, and what comes out of them.</summary>
/// <remarks>
/// Updates may be late or lost, as long as that does not depend on the samples: otherwise the slow gradients are missing from a view more often,
/// and the step is biased. Training itself makes losses fall and machines get faster or slower, so each series is taken against
/// its own moving mean first. Pearson's r of what is left has the standard error 1 / √(n − 3) after Fisher's transformation.
/// Not thread-safe.
/// </remarks>
public sealed class CorrelationTest
{
    /// <summary>Standard errors of Fisher's z that count: one false alarm in about sixteen thousand.</summary>
    public const double ErrorsMax = 4;

    /// <summary>|r| that is worth a word: below it, one hundredth of the spread at most goes together, and biases nothing that could be seen.</summary>
    public const double CorrelationMin = 0.1;

    // Pairs before which the moving means are not settled: twice the memory below.
    private const int WarmUp = 64;
    private const double Forgetting = 1.0 / 32;

    private double _levelX;
    private double _levelY;
    private double _xx;
    private double _yy;
    private double _xy;
    private long _seen;

    /// <summary>Pairs that count.</summary>
    public long Count { get; private set; }

    /// <summary>Pearson's r; NaN while it is not defined.</summary>
    public double Correlation => _xx * _yy > 0 ? _xy / Math.Sqrt(_xx * _yy) : double.NaN;

    /// <summary>Fisher's z in standard errors; NaN with fewer than ten pairs.</summary>
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

        double differenceX = x - _levelX;
        double differenceY = y - _levelY;
        _seen++;
        double weight = Math.Max(Forgetting, 1.0 / _seen);
        _levelX += weight * differenceX;
        _levelY += weight * differenceY;
        if (_seen <= WarmUp)
        {
            return;
        }

        _xx += differenceX * differenceX;
        _yy += differenceY * differenceY;
        _xy += differenceX * differenceY;
        Count++;
    }
}
