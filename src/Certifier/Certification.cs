using OrleansSgd.Certifier.Figures;

namespace OrleansSgd.Certifier;

/// <summary>What the replay of a trace came to.</summary>
public sealed record Certification
{
    /// <summary>The result in one word.</summary>
    public required CertifyVerdict Verdict { get; init; }

    /// <summary>Why the trace cannot be used, with file, line, field and remedy; empty when it can.</summary>
    public string Damage { get; init; } = "";

    /// <summary>Id of the job.</summary>
    public string Job { get; init; } = "";

    /// <summary>How the run ended: <c>completed</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>Tickets given out.</summary>
    public long Tickets { get; init; }

    /// <summary>Rows read.</summary>
    public long Rows { get; init; }

    /// <summary>Tickets that were steps.</summary>
    public long Steps { get; init; }

    /// <summary>Tickets that no shard has.</summary>
    public long Voids { get; init; }

    /// <summary>True when every ticket was applied once in every shard that its row names, and nothing else was.</summary>
    public bool ExactlyOnce { get; init; }

    /// <summary>Slices and views that only the missing end of a killed shard's log could confirm.</summary>
    public long Unchecked { get; init; }

    /// <summary>Stretches between cuts in which the parameters were shown to move by the updates and nothing else.</summary>
    public int StretchesConserved { get; init; }

    /// <summary>Delay over tickets with a rate; NaN without one.</summary>
    public double DelayMean { get; init; } = double.NaN;

    /// <summary>Largest delay.</summary>
    public long DelayMax { get; init; }

    /// <summary>Mean of D / α²; NaN without a ticket.</summary>
    public double GapMean { get; init; } = double.NaN;

    /// <summary>Largest D / α².</summary>
    public double GapMax { get; init; }

    /// <summary>B as measured: √ of the mean gap.</summary>
    public double BoundMeasured => Math.Sqrt(GapMean);

    /// <summary>B that the mode's model predicts; NaN when it is not known.</summary>
    public double BoundPredicted { get; init; } = double.NaN;

    /// <summary>B that the gaps were tested against; NaN when it is not known.</summary>
    public double BoundTested { get; init; } = double.NaN;

    /// <summary><c>holds</c>, <c>not-shown</c>, <c>violated</c> or <c>undecided</c>.</summary>
    public string Condition { get; init; } = "undecided";

    /// <summary>The certificate; null when the trace cannot be used.</summary>
    public CertificateParts? Certificate { get; init; }

    /// <summary>What is not as it has to be: the first <see cref="Replay.FindingList.KeptMax"/>.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Findings in all.</summary>
    public long FindingCount { get; init; }

    /// <summary>The finding of the lowest ticket; null when there is none.</summary>
    public Finding? FirstViolation { get; init; }

    /// <summary>What is odd but wrong by no rule, as sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
