using OrleansSgd.Certifier.Figures;

namespace OrleansSgd.Certifier;

/// <summary>A certification as lines for people.</summary>
public static class CertificationText
{
    // The first findings tell the story; --json has more of them.
    private const int FindingsMax = 10;

    /// <summary>The lines, the verdict last.</summary>
    public static IEnumerable<string> Lines(Certification certification)
    {
        ArgumentNullException.ThrowIfNull(certification);
        yield return $"Job {certification.Job} ({certification.Outcome}): {certification.Tickets} tickets, {certification.Rows} rows, " +
            $"{certification.Steps} steps, {certification.Voids} void.";
        yield return certification.ExactlyOnce
            ? "Exactly once: every update is in every shard that its row names, once, and nothing else is."
            : "Exactly once: no.";
        yield return $"Delay: mean {Known(certification.DelayMean)}, largest {certification.DelayMax}. " +
            $"Gap: mean {Known(certification.GapMean)}, largest {certification.GapMax:g4}.";
        yield return $"Condition: {certification.Condition}. B measured {Known(certification.BoundMeasured)}, " +
            $"tested against {Known(certification.BoundTested)}, predicted {Known(certification.BoundPredicted)}.";
        yield return $"Conservation: checked in {certification.StretchesConserved} stretches between evaluations.";
        if (certification.Certificate is { } parts)
        {
            yield return Certificate(parts);
        }

        foreach (string warning in certification.Warnings)
        {
            yield return $"Note: {warning}";
        }

        foreach (Finding finding in certification.Findings.Take(FindingsMax))
        {
            yield return $"Violation: {finding.Sentence}";
        }

        if (certification.FindingCount > FindingsMax)
        {
            yield return $"… {certification.FindingCount - FindingsMax} violations more.";
        }

        yield return Verdict(certification);
    }

    private static string Certificate(CertificateParts parts) => parts.IsVoid
        ? $"Certificate: VOID. {parts.Reason}"
        : $"Certificate: {parts.Status}, mean ‖∇f‖² ≤ {parts.Value:g6} (optimisation {parts.Optimisation:g4}, staleness {parts.Staleness:g4}, " +
            $"noise {parts.Noise:g4}, bias {parts.Bias:g4}, error of losses {parts.Uncertainty:g4}; J {parts.Jump:g4}, L {parts.Smoothness:g4}). " +
            parts.Reason;

    private static string Verdict(Certification certification) => certification.Verdict switch
    {
        CertifyVerdict.Holds => "Verdict: holds.",
        CertifyVerdict.Void => "Verdict: void. Every rule holds, but nothing follows from it.",
        CertifyVerdict.Violated when certification.FirstViolation is { Ticket: >= 0 } first => $"Verdict: violated, first at ticket {first.Ticket}.",
        CertifyVerdict.Violated => "Verdict: violated.",
        _ => $"Verdict: unreadable. {certification.Damage}",
    };

    private static string Known(double value) => double.IsNaN(value) ? "not known" : $"{value:g4}";
}
