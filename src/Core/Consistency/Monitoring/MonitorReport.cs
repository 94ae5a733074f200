using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>What is known of a run's consistency at one moment. A number that is not known is NaN.</summary>
public sealed record MonitorReport
{
    /// <summary>Tickets whose story is complete: everything up to them is settled.</summary>
    public required long TicketsFinalised { get; init; }

    /// <summary>One past the highest ticket heard of.</summary>
    public required long TicketEnd { get; init; }

    /// <summary>Finalised tickets that were steps.</summary>
    public required long StepCount { get; init; }

    /// <summary>Mean delay of the run, in tickets.</summary>
    public required double DelayMean { get; init; }

    /// <summary>Largest delay of the run.</summary>
    public required double DelayMax { get; init; }

    /// <summary>How often each delay of the run was measured, in bins of <see cref="DelayWidth"/> from 0 on; empty before the first.</summary>
    public IReadOnlyList<long> DelayCounts { get; init; } = [];

    /// <summary>Delays of one bin.</summary>
    public long DelayWidth { get; init; } = 1;

    /// <summary>Mean delay of the newest window.</summary>
    public required double DelayMeanWindow { get; init; }

    /// <summary>Delay that at most 1 % of the newest window exceed.</summary>
    public required double DelayP99Window { get; init; }

    /// <summary>Mean gap D / α² of the run: an upper bound of it.</summary>
    public required double GapMean { get; init; }

    /// <summary>Largest gap of the run.</summary>
    public required double GapMax { get; init; }

    /// <summary>Mean gap of the newest window.</summary>
    public required double GapMeanWindow { get; init; }

    /// <summary>Largest gap of the newest window.</summary>
    public required double GapMaxWindow { get; init; }

    /// <summary>Mean gap of the newest window as sketches estimate it.</summary>
    public required double GapEstimateWindow { get; init; }

    /// <summary>√ of the mean gap: the smallest B that would have held.</summary>
    public double BoundMeasured => Math.Sqrt(GapMean);

    /// <summary>B that the plan's model predicts from what was measured, and which model.</summary>
    public required ElasticBound BoundPredicted { get; init; }

    /// <summary>B that windows are tested against: the one given, or the predicted one.</summary>
    public required double BoundTested { get; init; }

    /// <summary>The test of the newest full window.</summary>
    public required ConditionTest ConditionNewest { get; init; }

    /// <summary>What all full windows together show.</summary>
    public required ConditionVerdict Condition { get; init; }

    /// <summary>The certificate of the whole run, up to the last loss.</summary>
    public required CertificateValue Certificate { get; init; }

    /// <summary>L that it was read with.</summary>
    public required double Smoothness { get; init; }

    /// <summary>σ² (M² in the biased form) of the newest stretch between two losses.</summary>
    public required double Noise { get; init; }

    /// <summary>The paper's T1 in modes of single steps, T2 in modes of rounds, with the predicted B and 0 for the least loss.</summary>
    public required double PaperForm { get; init; }

    /// <summary>The certificate against an estimate of ‖∇f‖² that owes nothing to the ledger.</summary>
    public required Falsification Falsification { get; init; }

    /// <summary>That estimate: ‖∇f‖² at the views, from batches and their halves, over the certified part of the run.</summary>
    public required double GradientSquared { get; init; }

    /// <summary>Its standard error.</summary>
    public required double GradientSquaredError { get; init; }

    /// <summary>What is wrong, as sentences; every one of them also made the certificate void. At most <see cref="RunMonitor.SentencesMax"/>.</summary>
    public required IReadOnlyList<string> Alarms { get; init; }

    /// <summary>What a reader should know, as sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Records that were refused.</summary>
    public required long RecordsRefused { get; init; }
}
