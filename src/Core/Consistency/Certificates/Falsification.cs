namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>What an independent estimate of ‖∇f‖² says about a certificate.</summary>
public enum FalsificationVerdict
{
    /// <summary>One of the numbers is missing.</summary>
    NotTested,

    /// <summary>The estimate does not exceed the certificate beyond its error.</summary>
    Consistent,

    /// <summary>It does: an assumption or the ledger is broken.</summary>
    Falsified,
}

/// <summary>A certificate held against an independent estimate of the average it bounds.</summary>
/// <param name="Verdict">The result.</param>
/// <param name="Certificate">The bound.</param>
/// <param name="Estimate">‖∇f‖² from elsewhere.</param>
/// <param name="Margin">Standard error of the estimate times the errors asked for.</param>
public readonly record struct Falsification(FalsificationVerdict Verdict, double Certificate, double Estimate, double Margin)
{
    /// <summary>Four standard errors: one false alarm in about thirty thousand tests.</summary>
    public const double ErrorsDefault = 4;

    /// <summary>Compares the two.</summary>
    public static Falsification Of(in CertificateValue certificate, double estimate, double standardError, double errors)
    {
        return Against(certificate.Total, estimate, errors * standardError);
    }

    /// <summary>Compares with an estimate of the average of ‖∇f(v)‖² at the views instead of ‖∇f(x)‖².</summary>
    /// <remarks>
    /// S1 without its last step bounds the average of ‖∇f(x)‖² + (1 − αL)‖∇f(v)‖²; and ‖∇f(v)‖² ≤ 2‖∇f(x)‖² + 2L²D in any case. The
    /// smaller of the two bounds counts; in the biased form only the second holds, and its staleness part is 2L²D already.
    /// </remarks>
    /// <param name="isBiased">Whether the certificate is of the biased form.</param>
    /// <param name="smoothness">L.</param>
    public static Falsification OfViews(
        in CertificateValue certificate, bool isBiased, double smoothness, double estimate, double standardError, double errors = ErrorsDefault)
    {
        double total = certificate.Total;
        double bound = (2 * total) + ((isBiased ? 1 : 2) * certificate.Staleness);
        double rest = 1 - (certificate.RateMax * smoothness);
        if (!isBiased && rest > 0)
        {
            bound = Math.Min(bound, total / rest);
        }

        return Against(bound, estimate, errors * standardError);
    }

    private static Falsification Against(double bound, double estimate, double margin)
    {
        FalsificationVerdict verdict = !double.IsFinite(bound + estimate + margin) ? FalsificationVerdict.NotTested
            : estimate - margin > bound ? FalsificationVerdict.Falsified
            : FalsificationVerdict.Consistent;
        return new Falsification(verdict, bound, estimate, margin);
    }

    /// <inheritdoc/>
    public override string ToString() => Verdict switch
    {
        FalsificationVerdict.NotTested => "No independent estimate of the gradient norm to hold the certificate against.",
        FalsificationVerdict.Consistent => $"Independent estimate {Estimate:g4} ± {Margin:g4} does not exceed the certificate {Certificate:g4}.",
        _ => $"Independent estimate {Estimate:g4} ± {Margin:g4} exceeds the certificate {Certificate:g4}: L is too small, gradients are biased, or the " +
            "ledger misses updates. Find out which; do not tune it away.",
    };
}
