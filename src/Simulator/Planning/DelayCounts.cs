namespace OrleansSgd.Simulator.Planning;

/// <summary>How often each delay occurred.</summary>
internal sealed class DelayCounts
{
    private long[] _counts = new long[64];
    private double _sum;

    /// <summary>Delays counted.</summary>
    public long Count { get; private set; }

    /// <summary>NaN before the first.</summary>
    public double Mean => Count > 0 ? _sum / Count : double.NaN;

    /// <summary>Counts one.</summary>
    public void Add(long delay)
    {
        if (delay >= _counts.Length)
        {
            Array.Resize(ref _counts, (int)Math.Max(delay + 1, 2L * _counts.Length));
        }

        _counts[delay]++;
        _sum += delay;
        Count++;
    }

    /// <summary>The least delay that a share of all do not exceed; 0 before the first.</summary>
    public long Quantile(double share)
    {
        long below = 0;
        long wanted = (long)Math.Ceiling(share * Count);
        for (int delay = 0; delay < _counts.Length; delay++)
        {
            below += _counts[delay];
            if (below >= wanted)
            {
                return delay;
            }
        }

        return 0;
    }
}
