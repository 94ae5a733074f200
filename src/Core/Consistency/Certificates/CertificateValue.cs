using System.Globalization;

namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>An upper bound of the weighted average of ‖∇f(x)‖² over a window, and what it is made of.</summary>
/// <param name="Status">What it is worth.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="FirstTicket">First ticket of the window.</param>
/// <param name="EndTicket">One past the last.</param>
/// <param name="StepCount">Tickets in it that were steps.</param>
/// <param name="Optimisation">2·(f_a − f_b + J) / A: what the loss fell by.</param>
/// <param name="Staleness">L²·avg D; twice that in the biased form.</param>
/// <param name="Noise">L·Σrate²σ² / A.</param>
/// <param name="Bias">2·avg‖b‖²; 0 in the unbiased form.</param>
/// <param name="Jump">J: rises of the loss by re-basing that are inside <paramref name="Optimisation"/>, in loss units.</param>
/// <param name="LossUncertainty">What the sampling errors of f_a and f_b can add.</param>
/// <param name="RateMax">Largest α of the window.</param>
/// <param name="StoredView">Bound of avg‖∇f(v)‖² at the stored views (S4); NaN when α·L &gt; 1/2 or in the biased form.</param>
public readonly record struct CertificateValue(
    CertificateStatus Status,
    string Reason,
    long FirstTicket,
    long EndTicket,
    long StepCount,
    double Optimisation,
    double Staleness,
    double Noise,
    double Bias,
    double Jump,
    double LossUncertainty,
    double RateMax,
    double StoredView)
{
    /// <summary>The sum of the parts; NaN when void, so that a number that means nothing is never shown.</summary>
    public double Total => Status == CertificateStatus.Void
        ? double.NaN
        : Optimisation + Staleness + Noise + Bias + LossUncertainty;

    /// <summary>Holds the certificate against an independent estimate of the same average.</summary>
    /// <param name="estimate">‖∇f‖² from elsewhere, for instance two batch sizes.</param>
    /// <param name="standardError">Of the estimate.</param>
    /// <param name="errors">Standard errors that must lie between them before it counts.</param>
    public Falsification Against(double estimate, double standardError, double errors = Falsification.ErrorsDefault) =>
        Falsification.Of(this, estimate, standardError, errors);

    /// <inheritdoc/>
    public override string ToString() => Status == CertificateStatus.Void
        ? $"VOID: {Reason}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Status.ToString().ToUpperInvariant()}: average ‖∇f‖² ≤ {Total:g4} over tickets {FirstTicket} to {EndTicket - 1} " +
            $"(optimisation {Optimisation:g4}, staleness {Staleness:g4}, noise {Noise:g4}, bias {Bias:g4}). {Reason}");
}
