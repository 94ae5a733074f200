using OrleansSgd.Core.Consistency.Certificates;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>What a run's ledger begins with: what its certificate stands on.</summary>
public sealed record RunOpening
{
    /// <summary>The job's plan; JSON text.</summary>
    public required string Plan { get; init; }

    /// <summary>Which coordinator of the job this is; 1 for the first. Each writes the whole ledger, from the first ticket on.</summary>
    public long Generation { get; init; } = 1;

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Mode of the run, such as <c>async</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Number of workers.</summary>
    public required int Workers { get; init; }

    /// <summary>Number of shards.</summary>
    public required int Shards { get; init; }

    /// <summary>Coordinates of x.</summary>
    public required long Parameters { get; init; }

    /// <summary>Which inequality the certificate sums up.</summary>
    public required CertificateForm Form { get; init; }

    /// <summary>Why no certificate covers the rule; null when one does.</summary>
    public string? NotCovered { get; init; }

    /// <summary>True when losses are those of the whole objective.</summary>
    public bool LossIsExact { get; init; }

    /// <summary>B to test against; null for the predicted one.</summary>
    public double? Bound { get; init; }

    /// <summary>One-sided confidence of the tests.</summary>
    public required double Confidence { get; init; }

    /// <summary>Tickets of a window of the condition test.</summary>
    public required int Window { get; init; }
}
