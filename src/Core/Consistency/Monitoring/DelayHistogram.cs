namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>How often each delay was measured, in bins of one width, the first from 0 on.</summary>
/// <remarks>
/// Nobody knows beforehand how large delays become. So bins begin one wide, and when a delay lies beyond the last one, neighbours are joined and
/// the width doubles: counts stay exact, and their number bounded. Equal delays in another order make equal bins.
/// </remarks>
public sealed class DelayHistogram
{
    /// <summary>Most bins: as many bars as a plot can show.</summary>
    public const int BinsMax = 64;

    private readonly long[] _counts = new long[BinsMax];
    private int _used;

    /// <summary>Delays of one bin: bin i counts those from i · width up to below (i + 1) · width. A power of two.</summary>
    public long Width { get; private set; } = 1;

    /// <summary>Counts, up to the last bin that has one; empty before the first delay.</summary>
    public ReadOnlySpan<long> Counts => _counts.AsSpan(0, _used);

    /// <summary>Counts one delay.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0. Nothing was counted.</exception>
    public void Add(long delay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        while (delay / Width >= BinsMax)
        {
            Widen();
        }

        int bin = (int)(delay / Width);
        _counts[bin]++;
        _used = Math.Max(_used, bin + 1);
    }

    private void Widen()
    {
        for (int i = 0; i < BinsMax / 2; i++)
        {
            _counts[i] = _counts[2 * i] + _counts[(2 * i) + 1];
        }

        _counts.AsSpan(BinsMax / 2).Clear();
        _used = (_used + 1) / 2;
        Width *= 2;
    }
}
