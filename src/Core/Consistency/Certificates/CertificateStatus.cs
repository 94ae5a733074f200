namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>What a certificate is worth.</summary>
public enum CertificateStatus
{
    /// <summary>The number means nothing: an assumption does not hold, or something needed is not known.</summary>
    Void,

    /// <summary>Holds as far as estimates do: L, σ², the loss or D were estimated.</summary>
    Statistical,

    /// <summary>Every quantity is exact or an upper bound; only the expectation over the sampling is left.</summary>
    Rigorous,
}

/// <summary>Which inequality the certificate sums up.</summary>
public enum CertificateForm
{
    /// <summary>Unbiased gradients with variance σ²: S1, and S2 for rounds.</summary>
    Unbiased,

    /// <summary>Gradients off by a known bias, with second moment M²: S5. Dropped or clipped mass enters as bias.</summary>
    Biased,
}
