namespace OrleansSgd.Certifier.Figures;

/// <summary>Batch means of one window of gaps: blocks so long that they hardly depend on each other, and the spread of their means.</summary>
/// <param name="Mean">Mean of the block means; NaN without a block.</param>
/// <param name="Error">Its standard error; NaN with fewer than two blocks.</param>
/// <param name="BlockCount">Blocks.</param>
internal readonly record struct GapWindow(double Mean, double Error, int BlockCount)
{
    private const int BlocksMax = 20;
    private const int BlocksMin = 5;
    private const int DelaysPerBlock = 10;

    /// <summary>Cuts a window into blocks; its oldest gaps that fill no block are left out.</summary>
    public static GapWindow Of(ReadOnlySpan<double> gaps, long delayMax)
    {
        long shortest = Math.Max(1, DelaysPerBlock * delayMax);
        long length = Math.Max(shortest, gaps.Length / BlocksMax);
        int count = (int)Math.Min(BlocksMax, gaps.Length / length);
        if (count == 0)
        {
            return new GapWindow(double.NaN, double.NaN, 0);
        }

        ReadOnlySpan<double> kept = gaps[^(int)(count * length)..];
        Span<double> means = stackalloc double[BlocksMax];
        double mean = 0;
        for (int block = 0; block < count; block++)
        {
            double sum = 0;
            foreach (double gap in kept.Slice((int)(block * length), (int)length))
            {
                sum += gap;
            }

            means[block] = sum / length;
            mean += means[block] / count;
        }

        double squares = 0;
        foreach (double one in means[..count])
        {
            squares += (one - mean) * (one - mean);
        }

        return new GapWindow(mean, count < 2 ? double.NaN : Math.Sqrt(squares / (count - 1) / count), count);
    }

    /// <summary>What the window says of B.</summary>
    /// <param name="bound">B; NaN when it is not known.</param>
    /// <param name="confidence">One-sided.</param>
    /// <param name="factor">1; a little more or less shows whether the verdict hangs on the last digits of the quantile.</param>
    public ConditionVerdict Verdict(double bound, double confidence, double factor = 1)
    {
        if (BlockCount < BlocksMin || double.IsNaN(bound))
        {
            return ConditionVerdict.Undecided;
        }

        double width = factor * StudentLimit.Quantile(confidence, BlockCount - 1) * Error;
        double squared = bound * bound;
        return Mean + width <= squared ? ConditionVerdict.Holds
            : Mean - width > squared ? ConditionVerdict.Violated
            : ConditionVerdict.NotShown;
    }
}
