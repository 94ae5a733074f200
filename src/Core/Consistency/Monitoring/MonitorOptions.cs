using System.Numerics;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>What a <see cref="RunMonitor"/> has to know of a run.</summary>
public sealed record MonitorOptions
{
    /// <summary>How the run is trained.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>L, exact or an upper bound; NaN when it is to be estimated from secants.</summary>
    public double Smoothness { get; init; } = double.NaN;

    /// <summary>True when losses are those of the whole objective.</summary>
    public bool LossIsExact { get; init; }

    /// <summary>Why no certificate covers the rule, as a sentence; null when one does.</summary>
    public string? NotCovered { get; init; }

    /// <summary>Tickets that are kept at once, a power of two from 16 to 2²⁰.</summary>
    /// <remarks>Raise it when a break says that a ticket is too far after the oldest one kept: a lost worker's open ticket holds all behind it up.</remarks>
    public int TicketsMax { get; init; } = 1 << 16;

    /// <summary>Biased when something can be dropped for good: a codec without feedback, or clipping.</summary>
    public CertificateForm Form =>
        Plan.Codec.Drops || Plan.Rule.ClipNorm > 0
            ? CertificateForm.Biased
            : CertificateForm.Unbiased;

    /// <summary>Finalised tickets of one window of the condition test: a power of two.</summary>
    /// <remarks>
    /// The test needs five blocks of ten times the largest delay, and delays reach about twice the workers: a hundred tickets a worker. Fewer than 1024 say little.
    /// </remarks>
    public int WindowLength => (int)Math.Min(1 << 20, BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, 128 * Plan.Workers)));
}
