namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Count, mean and maximum of a series over a whole run; keeps no value. Not thread-safe.</summary>
public sealed class RunStatistics
{
    private double _sum;
    private double _max = double.NegativeInfinity;

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>Mean of all values; NaN before the first, so that "no data" never reads as 0.</summary>
    public double Mean => Count == 0 ? double.NaN : _sum / Count;

    /// <summary>Largest value; NaN before the first.</summary>
    public double Max => Count == 0 ? double.NaN : _max;

    /// <summary>Adds one value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number. Nothing was added.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A statistic takes finite numbers only.");
        }

        _sum += value;
        _max = Math.Max(_max, value);
        Count++;
    }
}
