namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>σ² of the batch gradient, from its two halves at the same view.</summary>
/// <remarks>
/// With independent halves g_a, g_b of equal size, E‖g_a − g_b‖² = 4·E‖(g_a + g_b) / 2 − ∇f‖²: a quarter of the squared difference is
/// an unbiased estimate of the batch's σ², whatever ∇f is. The certificate wants an upper limit, not the mean.
/// </remarks>
public sealed class NoiseEstimate
{
    private readonly MovingEstimate _values;
    private readonly double[] _copy;

    /// <param name="windowLength">Gradients over which σ² is taken; it changes during training.</param>
    public NoiseEstimate(int windowLength)
    {
        _values = new MovingEstimate(windowLength);
        _copy = new double[windowLength];
    }

    /// <summary>Gradients in the window.</summary>
    public int Count => _values.Window.Count;

    /// <summary>Mean σ² over the window; NaN before the first.</summary>
    public double Mean => _values.Window.Mean;

    /// <summary>Exponentially weighted σ²; NaN before the first.</summary>
    public double Recent => _values.Mean;

    /// <summary>Adds ‖g_a − g_b‖² of one gradient; NaN, "not measured", is left out.</summary>
    public void Add(double halfBatchDifferenceSquared) => _values.Add(halfBatchDifferenceSquared / 4);

    /// <summary>Upper confidence limit of the window's mean σ²; NaN with too few values (<see cref="BatchMeans.CountMin"/>).</summary>
    /// <param name="confidence">Above 0.5, below 1.</param>
    public double Upper(double confidence)
    {
        int count = _values.Window.CopyTo(_copy);
        return count < BatchMeans.CountMin ? double.NaN : BatchMeans.Of(_copy.AsSpan(0, count), 1).UpperLimit(confidence);
    }
}
