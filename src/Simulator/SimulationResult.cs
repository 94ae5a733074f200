using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator;

/// <summary>What a simulated run did, what its monitor said of it, and what was true.</summary>
public sealed record SimulationResult
{
    /// <summary>The run.</summary>
    public required SimulationPlan Plan { get; init; }

    /// <summary>What the coordinator counted.</summary>
    public required RunTotals Totals { get; init; }

    /// <summary>What the monitor of the run says at its end.</summary>
    public required MonitorReport Report { get; init; }

    /// <summary>What the coordinator said that no term of the certificate accounts for: losses that came together, in sentences.</summary>
    public required IReadOnlyList<string> Breaks { get; init; }

    /// <summary>What was true.</summary>
    public required TruthFigures Truth { get; init; }

    /// <summary>The truth at every cut, the first at ticket 0, the last at the end.</summary>
    public required IReadOnlyList<LossPoint> Losses { get; init; }

    /// <summary>Virtual time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Bytes of all push frames.</summary>
    public required long BytesPushed { get; init; }

    /// <summary>Messages that were lost on their way.</summary>
    public required long MessagesLost { get; init; }

    /// <summary>Largest ‖G‖ of any gradient: M.</summary>
    public required double MagnitudeMax { get; init; }

    /// <summary>True when a worker met a number that is not finite, and the run ended there.</summary>
    public required bool HasDiverged { get; init; }

    /// <summary>f at the end; NaN when the run diverged.</summary>
    public double LossEnd => HasDiverged ? double.NaN : Losses[^1].Loss;
}
