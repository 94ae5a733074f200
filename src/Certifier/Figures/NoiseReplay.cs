namespace OrleansSgd.Certifier.Figures;

/// <summary>σ² (or M²) of a stretch: mean of what was measured in it, plus 2.326 standard errors.</summary>
internal sealed class NoiseReplay
{
    // The one-sided 99 % point of the normal distribution, with the digits the format gives.
    private const double Errors = 2.326;

    private const int CountMin = 8;

    private readonly Queue<double> _last = new(CountMin);
    private long _count;
    private double _mean;
    private double _squares;

    /// <summary>Adds one measured value; NaN, not measured, is left out.</summary>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        if (_last.Count == CountMin)
        {
            _last.Dequeue();
        }

        _last.Enqueue(value);
        _count++;
        double step = value - _mean;
        _mean += step / _count;
        _squares += step * (value - _mean);
    }

    /// <summary>The stretch ends: what its noise was at most; NaN when it is not known. The next stretch begins.</summary>
    public double Close()
    {
        if (_count < CountMin)
        {
            _count = _last.Count;
            _mean = _count == 0 ? 0 : _last.Sum() / _count;
            _squares = _last.Sum(value => (value - _mean) * (value - _mean));
        }

        double upper = _count < 2 ? double.NaN : _mean + (Errors * Math.Sqrt(_squares / (_count - 1) / _count));
        _count = 0;
        _mean = _squares = 0;
        return upper;
    }
}
