namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Mean, maximum and quantiles of the newest values of a series.</summary>
/// <remarks>Sums are made afresh on each question, so rounding never builds up. Not thread-safe.</remarks>
public sealed class WindowStatistics
{
    private readonly double[] _values;
    private readonly double[] _sorted;
    private int _next;

    /// <param name="length">Values kept, at least 1.</param>
    public WindowStatistics(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _values = new double[length];
        _sorted = new double[length];
    }

    /// <summary>Values in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Values ever added.</summary>
    public long CountTotal { get; private set; }

    /// <summary>Mean of the window; NaN when it is empty.</summary>
    public double Mean
    {
        get
        {
            double sum = 0;
            foreach (double value in _values.AsSpan(0, Count))
            {
                sum += value;
            }

            return Count == 0 ? double.NaN : sum / Count;
        }
    }

    /// <summary>Largest value of the window; NaN when it is empty.</summary>
    public double Max
    {
        get
        {
            double max = double.NegativeInfinity;
            foreach (double value in _values.AsSpan(0, Count))
            {
                max = Math.Max(max, value);
            }

            return Count == 0 ? double.NaN : max;
        }
    }

    /// <summary>Adds one value, in place of the oldest when the window is full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number. Nothing was added.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A statistic takes finite numbers only.");
        }

        _values[_next] = value;
        _next = (_next + 1) % _values.Length;
        Count = Math.Min(Count + 1, _values.Length);
        CountTotal++;
    }

    /// <summary>The smallest value that at least the part <paramref name="fraction"/> of the window does not exceed; NaN when it is empty.</summary>
    /// <param name="fraction">Above 0, at most 1; 0.99 for p99.</param>
    public double Quantile(double fraction)
    {
        if (!(fraction > 0 && fraction <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "Use a number above 0, at most 1.");
        }

        if (Count == 0)
        {
            return double.NaN;
        }

        Span<double> sorted = _sorted.AsSpan(0, Count);
        _values.AsSpan(0, Count).CopyTo(sorted);
        sorted.Sort();
        return sorted[(int)Math.Ceiling(fraction * Count) - 1];
    }

    /// <summary>Writes the window, oldest first, and answers how many values that were.</summary>
    /// <param name="values">Room for <see cref="Count"/>.</param>
    public int CopyTo(Span<double> values)
    {
        int oldest = Count < _values.Length ? 0 : _next;
        ReadOnlySpan<double> first = _values.AsSpan(oldest, Count - oldest);
        first.CopyTo(values);
        _values.AsSpan(0, oldest).CopyTo(values[first.Length..]);
        return Count;
    }
}
