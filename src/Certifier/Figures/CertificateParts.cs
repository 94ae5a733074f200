using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Figures;

/// <summary>The certificate, and what it is made of.</summary>
/// <param name="Status"><c>RIGOROUS</c>, <c>STATISTICAL</c> or <c>VOID</c>.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Value">Upper bound of the weighted mean of ‖∇f(x)‖²; NaN when void.</param>
/// <param name="Optimisation">2(f_a − f_b + J) / A.</param>
/// <param name="Staleness">L²·mean D.</param>
/// <param name="Noise">What the sampling noise adds.</param>
/// <param name="Bias">What was dropped for good adds.</param>
/// <param name="Uncertainty">What the errors of the losses can add.</param>
/// <param name="Jump">J inside the optimisation part, in loss units.</param>
/// <param name="Smoothness">L; NaN when it is not known.</param>
public sealed record CertificateParts(
    string Status,
    string Reason,
    double Value,
    double Optimisation,
    double Staleness,
    double Noise,
    double Bias,
    double Uncertainty,
    double Jump,
    double Smoothness)
{
    /// <summary>No statement follows.</summary>
    public const string Void = "VOID";

    /// <summary>Standard errors of the two losses that enter.</summary>
    private const double LossErrors = 3;

    // α·L = 1 is allowed; rounding may take the product a little above it.
    private const double ProductMax = 1 + 1e-12;

    /// <summary>True when no statement follows.</summary>
    public bool IsVoid => Status == Void;

    internal static CertificateParts Of(
        in CertificateSums sums, LedgerOpening opening, LossCut? first, LossCut? last, double smoothness, bool isExact)
    {
        double weight = sums.Weight;
        double jump = sums.Jump + (sums.JumpPerSmoothness == 0 ? 0 : smoothness * sums.JumpPerSmoothness);
        double fall = (first?.Loss ?? double.NaN) - (last?.Loss ?? double.NaN);
        double optimisation = 2 * (fall + jump) / weight;
        double staleness = (opening.IsBiased ? 2 : 1) * smoothness * smoothness * sums.Distance / weight;
        double noise = smoothness * sums.Noise / weight;
        double bias = opening.IsBiased ? 2 * sums.Bias / weight : 0;
        double error = Math.Sqrt(((first?.Error ?? 0) * (first?.Error ?? 0)) + ((last?.Error ?? 0) * (last?.Error ?? 0)));
        double uncertainty = 2 * LossErrors * error / weight;
        double value = optimisation + staleness + noise + bias + uncertainty;
        string? broken = WhyVoid(sums, opening, smoothness, value);
        string estimated = string.Join(", ", Estimated(opening, isExact, error > 0));
        return new CertificateParts(
            broken is null ? "STATISTICAL" : Void, broken ?? $"Estimated: {estimated}.", broken is null ? value : double.NaN,
            optimisation, staleness, noise, bias, uncertainty, jump, smoothness);
    }

    // σ² is measured from half-batches, never given: so a replayed certificate is at best statistical.
    private static IEnumerable<string> Estimated(LedgerOpening opening, bool smoothnessIsExact, bool lossHasError)
    {
        if (!smoothnessIsExact)
        {
            yield return "L";
        }

        yield return opening.IsBiased ? "second moment" : "noise";
        if (!opening.LossIsExact || lossHasError)
        {
            yield return "loss";
        }
    }

    private static string? WhyVoid(in CertificateSums sums, LedgerOpening opening, double smoothness, double value)
    {
        double product = sums.RateMax * smoothness;
        return opening.NotCovered is { } rule ? rule
            : sums.Broken is { } broken ? broken
            : sums.IsNotFinite ? "A rate, a distance or what was dropped is not finite: the run diverged."
            : sums.Weight == 0 ? "There are no steps between two measurements of the loss."
            : double.IsNaN(smoothness) ? "L is not known: it was not given, and no secant was measured."
            : sums.IsNoiseUnknown ? "The noise of a stretch is not known: fewer than two gradients were measured for it."
            : !opening.IsBiased && !(product <= ProductMax)
                ? $"α·L is {product:g4}, above 1, where steps need not descend; use a rate of at most {1 / smoothness:g4}."
            : !opening.IsBiased && sums.DroppedSquared > 0 ? "Updates dropped something for good, which the unbiased form does not account for."
            : !double.IsFinite(value) ? "The loss at the first or the last cut is not finite: the run diverged."
            : value < 0
                ? $"The parts add up to {value:g4}, but no mean of squares is below 0: the run is too short for its noise, or an assumption is broken."
            : null;
    }
}
