using OrleansSgd.Certifier.Figures;
using OrleansSgd.Certifier.Reading;
using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier;

/// <summary>Certifies a run from its trace alone.</summary>
/// <remarks>
/// Two passes: one finds where each span stands and what must be kept how long, one replays. Memory is that of the tickets between the oldest
/// view still to come and the newest row, whatever the size of the files.
/// </remarks>
public static class TraceCertifier
{
    /// <summary>Reads, checks and sums up.</summary>
    /// <returns>What came of it; a trace that cannot be used is a verdict, not an exception.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Certification Certify(CertifyRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            JobIndex job = TraceIndex.Of(request.Files, cancellation).Choose(request.Job, request.Files);
            using var source = new SpanSource(request.Files);
            var replay = new RunReplay(job, source, request.Bound);
            replay.Run(cancellation);
            return Result(job, replay);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new Certification { Verdict = CertifyVerdict.Unreadable, Damage = error.Message };
        }
    }

    private static Certification Result(JobIndex job, RunReplay replay)
    {
        LedgerClosing closing = job.Closing!;
        CertificateParts certificate = replay.Certificate.Parts(closing.Smoothness);
        FindingList findings = replay.Findings;
        return new Certification
        {
            Verdict = findings.Count > 0 ? CertifyVerdict.Violated : certificate.IsVoid ? CertifyVerdict.Void : CertifyVerdict.Holds,
            Job = job.Job,
            Outcome = closing.Outcome,
            Tickets = closing.Tickets,
            Rows = replay.RowCount,
            Steps = replay.StepCount,
            Voids = replay.VoidCount,
            ExactlyOnce = !findings.HasAny(FindingKind.Order, FindingKind.ExactlyOnce, FindingKind.Restore),
            Unchecked = replay.UncheckedCount,
            StretchesConserved = replay.ConservedCount,
            DelayMean = replay.Means.DelayMean,
            DelayMax = replay.Means.DelayMax,
            GapMean = replay.Means.GapMean,
            GapMax = replay.Means.GapMax,
            BoundPredicted = replay.Predicted.Value,
            BoundTested = replay.Condition.Bound,
            Condition = replay.Condition.Verdict.Word(),
            Certificate = certificate,
            Findings = findings.Kept,
            FindingCount = findings.Count,
            FirstViolation = findings.First,
            Warnings = [.. Warnings(replay)],
        };
    }

    private static IEnumerable<string> Warnings(RunReplay replay)
    {
        if (replay.UncheckedCount > 0)
        {
            yield return $"{replay.UncheckedCount} slices and views could not be checked: the shards' lives that had them were killed before " +
                "they wrote the end of their logs.";
        }

        if (replay.UnknownAttributeCount > 0)
        {
            yield return $"{replay.UnknownAttributeCount} attributes of ledger spans are unknown and were ignored; a newer version wrote them.";
        }

        if (replay.ClockJumpCount > 0)
        {
            yield return $"{replay.ClockJumpCount} spans begin before the one before them: a clock was set back. Nothing depends on it.";
        }
    }
}
