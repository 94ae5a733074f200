using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>What one finalised ticket adds to a certificate.</summary>
/// <param name="Ticket">Its place in the global order.</param>
/// <param name="Rate">What the gradient was multiplied by: α, or α / p.</param>
/// <param name="StepRate">α of the step.</param>
/// <param name="DistanceSquared">D, or an upper bound of it.</param>
/// <param name="Noise">σ² of this gradient; M², its second moment, in the biased form. NaN: said when the stretch closes.</param>
/// <param name="BiasSquared">‖b‖², or an upper bound; biased form only.</param>
/// <param name="StepCount">H: gradients in it, each at the rate and within the distance.</param>
/// <param name="IsPartial">True when only some layers were computed: no part of the average, but its staleness and noise count.</param>
public readonly record struct CertificateStep(
    long Ticket,
    double Rate,
    double StepRate,
    double DistanceSquared,
    double Noise = double.NaN,
    double BiasSquared = 0,
    int StepCount = 1,
    bool IsPartial = false)
{
    /// <summary>The step of a finalised ticket that is not void.</summary>
    /// <param name="estimated">Take the sketch estimate of D instead of the bound.</param>
    /// <param name="noise">σ², or M² in the biased form; NaN when it is said as the stretch closes.</param>
    /// <remarks>What the ticket dropped for good is its bias, back in gradient units: ‖E b‖² ≤ E‖b‖².</remarks>
    public static CertificateStep Of(in FinalisedTicket ticket, double noise = double.NaN, bool estimated = false)
    {
        double bias = ticket.DroppedNormSquared == 0 ? 0 : ticket.DroppedNormSquared / (ticket.Rate * ticket.Rate);
        return new CertificateStep(
            ticket.Ticket,
            ticket.Rate,
            ticket.StepRate,
            estimated ? ticket.DistanceEstimateSquared : ticket.DistanceBoundSquared,
            noise,
            bias,
            Math.Max(1, ticket.StepCount),
            ticket.IsPartial);
    }

    /// <summary>The same step seen as plain SGD on z = x − αμ / (1 − μ)·m, for heavy-ball momentum (S6).</summary>
    /// <remarks>The rate becomes α / (1 − μ), and ‖z − v‖ ≤ ‖x − v‖ + αμ / (1 − μ)·‖m‖.</remarks>
    /// <param name="momentum">μ, 0 ≤ μ &lt; 1.</param>
    /// <param name="momentumNorm">‖m‖ just before the step, in gradient units.</param>
    public CertificateStep WithMomentum(double momentum, double momentumNorm)
    {
        if (!(momentum >= 0 && momentum < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "Use 0 or more, below 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(momentumNorm);
        double gain = 1 / (1 - momentum);
        double distance = Math.Sqrt(DistanceSquared) + (StepRate * momentum * gain * momentumNorm);
        return this with { Rate = Rate * gain, StepRate = StepRate * gain, DistanceSquared = distance * distance };
    }
}
