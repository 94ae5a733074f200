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
        double bound = certificate.Total;
        double margin = errors * standardError;
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
