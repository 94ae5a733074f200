namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>An upper estimate of σ² (or M²) for each stretch of a run, from what was measured in it.</summary>
/// <remarks>
/// The mean plus <see cref="Errors"/> standard errors. A stretch with fewer than <see cref="CountMin"/> values takes the newest ones up to its end
/// instead, older ones included. docs/trace-format.md says the same to whoever checks a run. Not thread-safe.
/// </remarks>
public sealed class NoiseStretch
{
    /// <summary>Fewest values that a stretch stands on by itself.</summary>
    public const int CountMin = 8;

    /// <summary>Standard errors above the mean: the normal quantile of 0.99.</summary>
    public const double Errors = 2.326;

    private readonly double[] _newest = new double[CountMin];
    private long _countTotal;
    private NoiseMark _open;

    /// <summary>Adds one value of the present stretch; NaN, "not measured", is left out.</summary>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        _newest[_countTotal % CountMin] = value;
        _countTotal++;
        _open = _open.With(value);
    }

    /// <summary>The stretch that ends here; the next one begins.</summary>
    public NoiseMark Mark()
    {
        int count = (int)Math.Min(_countTotal, CountMin);
        double[] newest = new double[count];
        for (int i = 0; i < count; i++)
        {
            newest[i] = _newest[(_countTotal - count + i) % CountMin];
        }

        NoiseMark mark = _open with { Newest = newest };
        _open = default;
        return mark;
    }
}

/// <summary>What was measured in one stretch.</summary>
/// <param name="Count">Values of the stretch.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">Σ of squared differences from it.</param>
/// <param name="Newest">The newest values up to its end, at most <see cref="NoiseStretch.CountMin"/>, oldest first.</param>
public readonly record struct NoiseMark(long Count, double Mean, double Squares, double[]? Newest)
{
    /// <summary>The upper estimate; NaN when fewer than two values were measured up to its end.</summary>
    public double Upper
    {
        get
        {
            if (Count >= NoiseStretch.CountMin)
            {
                return UpperOf(this);
            }

            NoiseMark newest = default;
            foreach (double value in Newest ?? [])
            {
                newest = newest.With(value);
            }

            return newest.Count < 2 ? double.NaN : UpperOf(newest);
        }
    }

    /// <summary>This stretch and the one that follows it as one.</summary>
    public NoiseMark Then(in NoiseMark next)
    {
        long count = Count + next.Count;
        if (count == 0)
        {
            return next;
        }

        double difference = next.Mean - Mean;
        double share = (double)next.Count / count;
        return new NoiseMark(
            count, Mean + (share * difference), Squares + next.Squares + (difference * difference * share * Count), next.Newest);
    }

    internal NoiseMark With(double value)
    {
        long count = Count + 1;
        double mean = Mean + ((value - Mean) / count);
        return this with { Count = count, Mean = mean, Squares = Squares + ((value - Mean) * (value - mean)) };
    }

    private static double UpperOf(in NoiseMark mark) =>
        mark.Mean + (NoiseStretch.Errors * Math.Sqrt(mark.Squares / (mark.Count - 1) / mark.Count));
}
