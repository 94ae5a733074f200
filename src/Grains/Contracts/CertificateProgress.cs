using OrleansSgd.Core.Consistency.Certificates;

namespace OrleansSgd.Grains.Contracts;

/// <summary>A run's certificate as far as it has got: an upper bound of the average ‖∇f(x)‖², and what it is made of.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.CertificateProgress")]
public sealed record CertificateProgress
{
    /// <summary>The word for a number that means nothing.</summary>
    public const string Void = "VOID";

    /// <summary><c>RIGOROUS</c>, <c>STATISTICAL</c> or <c>VOID</c>.</summary>
    [Id(0)] public string Status { get; init; } = Void;

    /// <summary>Why it has that status, one sentence.</summary>
    [Id(1)] public string Reason { get; init; } = "";

    /// <summary>The bound; NaN when void.</summary>
    [Id(2)] public double Value { get; init; } = double.NaN;

    /// <summary>Its part that the fall of the loss gives, <see cref="Jump"/> inside it.</summary>
    [Id(3)] public double Optimisation { get; init; } = double.NaN;

    /// <summary>Its part that stale views give.</summary>
    [Id(4)] public double Staleness { get; init; } = double.NaN;

    /// <summary>Its part that the sampling gives.</summary>
    [Id(5)] public double Noise { get; init; } = double.NaN;

    /// <summary>Its part that dropped or clipped mass gives; 0 in the unbiased form.</summary>
    [Id(6)] public double Bias { get; init; } = double.NaN;

    /// <summary>What lost updates raised the loss by, in loss units.</summary>
    [Id(7)] public double Jump { get; init; } = double.NaN;

    /// <summary>‖∇f‖² estimated from two batch sizes, which shares nothing with the certificate; NaN when not known.</summary>
    [Id(8)] public double GradientNormSquaredEstimate { get; init; } = double.NaN;

    /// <summary>Whether the number means nothing.</summary>
    public bool IsVoid => Status == Void;

    /// <summary>The certificate as clients see it.</summary>
    /// <param name="gradientNormSquaredEstimate">NaN when not known.</param>
    public static CertificateProgress Of(in CertificateValue value, double gradientNormSquaredEstimate) => new()
    {
        Status = value.Status.ToString().ToUpperInvariant(),
        Reason = value.Reason,
        Value = value.Total,
        Optimisation = value.Optimisation,
        Staleness = value.Staleness,
        Noise = value.Noise,
        Bias = value.Bias,
        Jump = value.Jump,
        GradientNormSquaredEstimate = gradientNormSquaredEstimate,
    };
}
