namespace OrleansSgd.Simulator;

/// <summary>A function to minimise of which everything is known: what a simulated run trains.</summary>
/// <remarks>Immutable; any number of runs may share it.</remarks>
public interface IObjective
{
    /// <summary>d, length of the parameter vector.</summary>
    int Dimension { get; }

    /// <summary>L, exact or an upper bound; NaN when none is known.</summary>
    double Smoothness { get; }

    /// <summary>Writes x₀, [d].</summary>
    void Initialise(Span<float> parameters, ulong seed);

    /// <summary>Opens the scratch of one run.</summary>
    /// <param name="seed">What samples are drawn follows from it.</param>
    /// <param name="batchMax">Most samples of one gradient.</param>
    IObjectiveSession Open(ulong seed, int batchMax);
}

/// <summary>One run's access to an objective. Not thread-safe.</summary>
public interface IObjectiveSession : IDisposable
{
    /// <summary>Mean gradient over a range of positions of an epoch; answers the sum of their losses.</summary>
    /// <param name="view">v, [d].</param>
    /// <param name="epoch">Which pass.</param>
    /// <param name="start">First position.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="gradient">[d]; overwritten.</param>
    /// <remarks>
    /// Positions are independent draws with E G(v) = ∇f(v), exactly: no position tells anything of another. The same position always draws the
    /// same, so a batch that is computed again is the same batch.
    /// </remarks>
    double Gradient(ReadOnlySpan<float> view, int epoch, int start, int end, Span<float> gradient);

    /// <summary>The truth at one point.</summary>
    /// <param name="parameters">x, [d].</param>
    ObjectiveTruth Measure(ReadOnlySpan<double> parameters);

    /// <summary>σ² of the mean gradient of <paramref name="batch"/> samples at a point.</summary>
    double NoiseSquared(ReadOnlySpan<double> parameters, int batch);
}

/// <summary>What is true at one point.</summary>
/// <param name="Loss">f.</param>
/// <param name="GradientSquared">‖∇f‖².</param>
public readonly record struct ObjectiveTruth(double Loss, double GradientSquared);
