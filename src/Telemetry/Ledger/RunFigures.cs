using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>What a run's ledger ends with: the figures that were shown live, for whoever recomputes them.</summary>
/// <remarks>A figure that is not known is null or NaN, and is then absent from the trace.</remarks>
public sealed record RunFigures
{
    /// <summary>The run did all its work.</summary>
    public const string Completed = "completed";

    /// <summary>Somebody ended it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It could not go on.</summary>
    public const string Failed = "failed";

    /// <summary>Tickets given out.</summary>
    public required long Tickets { get; init; }

    /// <summary><see cref="Completed"/>, <see cref="Cancelled"/> or <see cref="Failed"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The exact L, which may be known only after the start; null when it is estimated from the rows.</summary>
    public double? Smoothness { get; init; }

    /// <summary>Mean delay over the finalised tickets, in updates.</summary>
    public double? DelayMean { get; init; }

    /// <summary>Largest delay, in updates.</summary>
    public long? DelayMax { get; init; }

    /// <summary>Mean of D / α².</summary>
    public double? GapMean { get; init; }

    /// <summary>The B that the mode's model predicts.</summary>
    public double? BoundPredicted { get; init; }

    /// <summary>Verdict of the condition test.</summary>
    public ConditionVerdict? Condition { get; init; }

    /// <summary>The certificate of the whole run.</summary>
    public CertificateValue? Certificate { get; init; }

    /// <summary>The word for a verdict.</summary>
    public static string NameOf(ConditionVerdict verdict) => verdict switch
    {
        ConditionVerdict.Holds => "holds",
        ConditionVerdict.NotShown => "not-shown",
        ConditionVerdict.Violated => "violated",
        _ => "undecided",
    };
}
