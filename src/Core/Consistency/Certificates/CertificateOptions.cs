namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>What a certificate stands on.</summary>
public sealed record CertificateOptions
{
    /// <summary>L; finite, above 0, or NaN when it is not known yet.</summary>
    public required double Smoothness { get; init; }

    /// <summary>True when L is exact or an upper bound, as for convex generalised linear models; false for a secant.</summary>
    public bool SmoothnessIsExact { get; init; }

    /// <summary>True when σ² (or M²) is an upper bound of the truth, not an estimate.</summary>
    public bool NoiseIsExact { get; init; }

    /// <summary>True when losses are those of the whole objective.</summary>
    public bool LossIsExact { get; init; }

    /// <summary>True when D comes from sketches instead of the pathwise bound.</summary>
    public bool DistanceIsEstimated { get; init; }

    /// <summary>Which inequality.</summary>
    public CertificateForm Form { get; init; }

    /// <summary>Why the update rule is not covered (Adam, momentum without S6, …), as a sentence; null when it is.</summary>
    public string? NotCovered { get; init; }

    /// <summary>Stretches between two evaluations that are kept for windows; 1 to 65 536. The whole run is always kept.</summary>
    public int SegmentsMax { get; init; } = 256;

    /// <summary>Standard errors of the losses that enter <see cref="CertificateValue.LossUncertainty"/>.</summary>
    public double LossErrors { get; init; } = 3;

    internal static bool IsSmoothness(double value) => double.IsNaN(value) || (double.IsFinite(value) && value > 0);

    internal void Check()
    {
        if (!IsSmoothness(Smoothness))
        {
            throw new ArgumentException($"{nameof(Smoothness)} is {Smoothness}; use a finite number above 0, or NaN.", nameof(Smoothness));
        }

        if (SegmentsMax is < 1 or > 65_536)
        {
            throw new ArgumentException($"{nameof(SegmentsMax)} is {SegmentsMax}; use 1 to 65 536.", nameof(SegmentsMax));
        }

        if (!(LossErrors >= 0 && double.IsFinite(LossErrors)))
        {
            throw new ArgumentException($"{nameof(LossErrors)} is {LossErrors}; use a finite number, 0 or more.", nameof(LossErrors));
        }
    }
}
