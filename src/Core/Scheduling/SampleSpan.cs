namespace OrleansSgd.Core.Scheduling;

/// <summary>Neighbouring positions of an epoch's order to which the same happened.</summary>
/// <param name="Start">The first position.</param>
/// <param name="End">One past the last.</param>
/// <param name="Uses">Leases with them that were committed, and updates of them that some shard kept when they were computed again.</param>
/// <param name="IsOpen">True while they are to be computed again.</param>
/// <param name="Reason">Why they are not simply used once; None when nothing happened.</param>
public readonly record struct SampleSpan(int Start, int End, int Uses, bool IsOpen, SampleReason Reason)
{
    /// <summary>True when no update of them is in every shard.</summary>
    public bool IsMissing => Uses == 0 || IsOpen || Reason is SampleReason.Partial or SampleReason.Lost;

    internal bool IsLike(in SampleSpan other) => Uses == other.Uses && IsOpen == other.IsOpen && Reason == other.Reason;
}

/// <summary>What happened to the samples of one epoch; spans follow one another from 0 to the end.</summary>
/// <param name="Epoch">Which pass over the data, from 0.</param>
/// <param name="Spans">The spans.</param>
public sealed record EpochSpans(int Epoch, SampleSpan[] Spans);
