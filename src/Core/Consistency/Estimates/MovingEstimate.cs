using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>A quantity that drifts: its exponentially weighted mean, and mean and maximum of a window.</summary>
/// <remarks>A maximum over a window is what was seen, not a bound, unless something (clipping) makes it one. Not thread-safe.</remarks>
public sealed class MovingEstimate
{
    private readonly double _weight;
    private double _sum;
    private double _weights;

    /// <param name="windowLength">Values in the window; the exponential mean forgets at 2 / (length + 1), the same mean age.</param>
    public MovingEstimate(int windowLength)
    {
        Window = new WindowStatistics(windowLength);
        _weight = 2.0 / (windowLength + 1);
    }

    /// <summary>The newest values.</summary>
    public WindowStatistics Window { get; }

    /// <summary>Exponentially weighted mean, without the pull towards 0 of a fresh start; NaN before the first value.</summary>
    public double Mean => _weights == 0 ? double.NaN : _sum / _weights;

    /// <summary>Adds one value; NaN, "not measured", is left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite. Nothing was added.</exception>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        Window.Add(value);
        _sum = ((1 - _weight) * _sum) + (_weight * value);
        _weights = ((1 - _weight) * _weights) + _weight;
    }
}
