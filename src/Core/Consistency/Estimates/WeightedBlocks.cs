namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>The weighted mean of a series of any length, with an honest standard error, in bounded memory.</summary>
/// <remarks>
/// Values go into at most <see cref="BlocksMax"/> blocks in order; when those are full, neighbours are joined and blocks become twice as long. The
/// spread of the blocks' means gives the error: neighbours in time depend on each other, blocks hardly do, and a drift of the series
/// widens the error instead of hiding in it. Not thread-safe.
/// </remarks>
public sealed class WeightedBlocks
{
    /// <summary>Most blocks; an even number.</summary>
    public const int BlocksMax = 64;

    /// <summary>Fewest blocks for an error.</summary>
    public const int BlocksMin = 8;

    private readonly double[] _weights = new double[BlocksMax];
    private readonly double[] _sums = new double[BlocksMax];
    private long _length = 1;
    private long _inBlock;
    private int _at;

    /// <summary>Adds a value.</summary>
    /// <param name="weight">Finite, above 0; others are left out with their value.</param>
    /// <param name="value">Finite; others are left out.</param>
    public void Add(double weight, double value)
    {
        if (!(double.IsFinite(weight * value) && weight > 0))
        {
            return;
        }

        if (_inBlock == _length)
        {
            _inBlock = 0;
            _at++;
        }

        if (_at == BlocksMax)
        {
            Join();
        }

        _weights[_at] += weight;
        _sums[_at] += weight * value;
        _inBlock++;
    }

    /// <summary>Weighted mean and its standard error; NaN with fewer than <see cref="BlocksMin"/> blocks.</summary>
    public (double Mean, double StandardError) Estimate()
    {
        int count = _inBlock > 0 ? _at + 1 : _at;
        if (count < BlocksMin)
        {
            return (double.NaN, double.NaN);
        }

        double weight = 0;
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            weight += _weights[i];
            sum += _sums[i];
        }

        double mean = sum / weight;
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            double difference = _sums[i] - (_weights[i] * mean);
            squares += difference * difference;
        }

        return (mean, Math.Sqrt(squares * count / (count - 1)) / weight);
    }

    private void Join()
    {
        for (int i = 0; i < BlocksMax / 2; i++)
        {
            _weights[i] = _weights[2 * i] + _weights[(2 * i) + 1];
            _sums[i] = _sums[2 * i] + _sums[(2 * i) + 1];
        }

        _weights.AsSpan(BlocksMax / 2).Clear();
        _sums.AsSpan(BlocksMax / 2).Clear();
        _at = BlocksMax / 2;
        _length *= 2;
    }
}
