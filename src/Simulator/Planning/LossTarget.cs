namespace OrleansSgd.Simulator.Planning;

/// <summary>Where a job is to get to, and the law that says how many samples that takes.</summary>
public abstract record LossTarget
{
    /// <summary>Which law it is, for people.</summary>
    public abstract string Law { get; }

    /// <summary>Samples until the target is reached; ∞ when the law says that it never is, NaN when something it needs is not known.</summary>
    /// <param name="bound">B as forecast, in gradient units; NaN when not known.</param>
    public abstract double SamplesOf(PlannedJob job, double bound);

    /// <summary>Everything wrong with the target.</summary>
    public abstract IEnumerable<string> Mistakes(PlannedJob job);
}

/// <summary>The certificate's own form, S1 and S2 of docs/theory.md, solved for the number of gradients.</summary>
/// <remarks>
/// 2·fall / (T·r) + L²·r²·B² + L·r·σ² ≤ ε, where r is the weight of a gradient, gives T = 2·fall / (r·(ε − L²·r²·B² − L·r·σ²)): an upper
/// bound, far above what runs need. It is ∞ where staleness and noise alone exceed ε. Without σ, ‖G‖ takes its place, which is never smaller.
/// </remarks>
/// <param name="GradientSquared">ε: the average ‖∇f‖² to be reached; above 0.</param>
/// <param name="LossFall">f₀ − f*: what the loss can fall by; above 0.</param>
/// <param name="Smoothness">L; above 0.</param>
public sealed record CertificateTarget(double GradientSquared, double LossFall, double Smoothness) : LossTarget
{
    /// <inheritdoc/>
    public override string Law => "certificate";

    /// <inheritdoc/>
    public override double SamplesOf(PlannedJob job, double bound)
    {
        ArgumentNullException.ThrowIfNull(job);
        double weight = job.Weight;
        double noise = double.IsNaN(job.Noise) ? job.GradientNorm : job.Noise;
        double left = GradientSquared - Square(Smoothness * weight * bound) - (Smoothness * weight * Square(noise));
        return double.IsNaN(left) ? double.NaN
            : left <= 0 ? double.PositiveInfinity
            : job.Batch * 2 * LossFall / (weight * left);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Mistakes(PlannedJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        foreach ((string key, double value) in ((string, double)[])
            [("gradientTarget", GradientSquared), ("lossFall", LossFall), ("smoothness", Smoothness)])
        {
            if (!(double.IsFinite(value) && value > 0))
            {
                yield return FormattableString.Invariant($"{key} is {value}; use a finite number above 0.");
            }
        }

        if (job.Rate * Smoothness > 1)
        {
            yield return FormattableString.Invariant($"rate × smoothness is {job.Rate * Smoothness}; a certificate needs at most 1.");
        }

        if (double.IsNaN(job.GradientNorm))
        {
            yield return "gradientNorm is not given, and the certificate cannot be forecast without it; give it, and noise where it is known.";
        }
    }

    private static double Square(double value) => value * value;
}

/// <summary>A loss curve fitted to an earlier run: f(n) = floor + (start − floor) / (1 + n / scale)^power after n samples.</summary>
/// <remarks>It knows nothing of delays: it holds for runs whose staleness is as small as that of the run it was fitted to.</remarks>
/// <param name="Loss">The loss to be reached.</param>
/// <param name="Start">f(0).</param>
/// <param name="Floor">What the loss falls towards.</param>
/// <param name="ScaleSamples">n by which (1 + n / scale) doubles first; above 0.</param>
/// <param name="Power">Above 0.</param>
public sealed record CurveTarget(double Loss, double Start, double Floor, double ScaleSamples, double Power) : LossTarget
{
    /// <inheritdoc/>
    public override string Law => "loss curve";

    /// <inheritdoc/>
    public override double SamplesOf(PlannedJob job, double bound) =>
        Loss >= Start ? 0 : Loss <= Floor ? double.PositiveInfinity
        : ScaleSamples * (Math.Pow((Start - Floor) / (Loss - Floor), 1 / Power) - 1);

    /// <inheritdoc/>
    public override IEnumerable<string> Mistakes(PlannedJob job)
    {
        if (!(double.IsFinite(Start) && double.IsFinite(Floor) && Floor < Start))
        {
            yield return FormattableString.Invariant($"lossFloor is {Floor}; use a number below lossStart, {Start}.");
        }

        if (!double.IsFinite(Loss))
        {
            yield return FormattableString.Invariant($"lossTarget is {Loss}; use a finite number.");
        }

        foreach ((string key, double value) in ((string, double)[])[("curveSamples", ScaleSamples), ("curvePower", Power)])
        {
            if (!(double.IsFinite(value) && value > 0))
            {
                yield return FormattableString.Invariant($"{key} is {value}; use a finite number above 0.");
            }
        }
    }
}
