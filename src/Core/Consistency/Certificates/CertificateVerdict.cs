using System.Globalization;

namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>Makes the value and its status word out of the sums.</summary>
internal static class CertificateVerdict
{
    // α·L = 1 is allowed; a product that exceeds it by rounding alone is not a violation.
    private const double ProductMax = 1 + 1e-12;

    public static CertificateValue Of(in CertificateSums sums, CertificateOptions options, double smoothness)
    {
        double weight = sums.Weight;
        bool biased = options.Form == CertificateForm.Biased;
        double jump = sums.Jump + (sums.JumpPerSmoothness == 0 ? 0 : smoothness * sums.JumpPerSmoothness);
        double optimisation = 2 * (sums.LossStart - sums.LossEnd + jump) / weight;
        double staleness = (biased ? 2 : 1) * smoothness * smoothness * sums.Distance / weight;
        double noise = smoothness * sums.Noise / weight;
        double bias = biased ? 2 * sums.Bias / weight : 0;
        double lossError = Math.Sqrt((sums.LossStartError * sums.LossStartError) + (sums.LossEndError * sums.LossEndError));
        double uncertainty = 2 * options.LossErrors * lossError / weight;
        double total = optimisation + staleness + noise + bias + uncertainty;
        string? broken = WhyVoid(sums, options, smoothness, staleness, noise, total);
        (CertificateStatus status, string reason) = broken is null ? Worth(sums, options) : (CertificateStatus.Void, broken);
        bool stored = broken is null && !biased && sums.RateMax * smoothness <= ProductMax / 2;
        return new CertificateValue(
            status, reason, sums.FirstTicket, sums.EndTicket, sums.StepCount, optimisation, staleness, noise, bias, jump, uncertainty,
            sums.RateMax, stored ? 2 * total : double.NaN);
    }

    private static string? WhyVoid(in CertificateSums sums, CertificateOptions options, double smoothness, double staleness, double noise, double total)
    {
        if (options.NotCovered is { } rule)
        {
            return rule;
        }

        if (sums.Broken is { } broken)
        {
            return broken;
        }

        if (sums.UnknownTicket >= 0)
        {
            return $"Rate, distance, noise or bias of ticket {sums.UnknownTicket} is not known or not finite.";
        }

        if (double.IsNaN(sums.LossEnd) || sums.Weight == 0)
        {
            return "No steps between two evaluations of the loss yet.";
        }

        if (double.IsNaN(smoothness))
        {
            return "L is not known: it was not given, and no secant was measured; raise how often smoothness is measured.";
        }

        if (sums.NoiseIsUnknown)
        {
            return options.Form == CertificateForm.Biased
                ? "The second moment is not known: fewer than two gradient norms were measured; measure more often."
                : "The noise is not known: fewer than two half-batches were measured; measure more often.";
        }

        if (options.Form == CertificateForm.Unbiased && !(sums.RateMax * smoothness <= ProductMax))
        {
            double product = sums.RateMax * smoothness;
            return Text($"α·L is {product:g4}, above 1, where steps need not descend; use a rate of at most {1 / smoothness:g4}.");
        }

        if (options.Form == CertificateForm.Unbiased && sums.Bias > 0)
        {
            return "Updates dropped or clipped something for good, which the unbiased form does not account for; use the biased form.";
        }

        if (!double.IsFinite(total))
        {
            (double start, double startError, double end, double endError) = (sums.LossStart, sums.LossStartError, sums.LossEnd, sums.LossEndError);
            return Text($"The run diverged: loss {start:g4} ± {startError:g4} to {end:g4} ± {endError:g4}, staleness {staleness:g4}, noise {noise:g4}; use a smaller rate.");
        }

        return total < 0
            ? Text($"The parts add up to {total:g4}, but no average of squares is below 0: the window is too short for its noise, or an assumption is broken.")
            : null;
    }

    private static (CertificateStatus Status, string Reason) Worth(in CertificateSums sums, CertificateOptions options)
    {
        string estimated = string.Join(", ", Estimated(options, sums.LossStartError > 0 || sums.LossEndError > 0));
        return estimated.Length == 0
            ? (CertificateStatus.Rigorous, "L, noise and losses are exact, distances are pathwise bounds.")
            : (CertificateStatus.Statistical, $"Estimated: {estimated}.");
    }

    private static IEnumerable<string> Estimated(CertificateOptions options, bool lossHasError)
    {
        if (!options.SmoothnessIsExact)
        {
            yield return "L";
        }

        if (!options.NoiseIsExact)
        {
            yield return options.Form == CertificateForm.Biased ? "second moment" : "noise";
        }

        if (!options.LossIsExact || lossHasError)
        {
            yield return "loss";
        }

        if (options.DistanceIsEstimated)
        {
            yield return "distance (sketches)";
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
