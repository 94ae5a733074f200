namespace OrleansSgd.Core.Scheduling;

/// <summary>How often the samples of one epoch were used. The three counts add up to the samples of the epoch.</summary>
/// <param name="Epoch">Which pass over the data, from 0.</param>
/// <param name="Once">Samples of which exactly one update is in every shard.</param>
/// <param name="Twice">Samples that went into two updates or more, parts of which may be in x.</param>
/// <param name="None">Samples of which no update is in every shard.</param>
/// <param name="Notes">Why, for all that are not once, and for those that took a second try; in the order of the reasons.</param>
public sealed record EpochSamples(int Epoch, long Once, long Twice, long None, IReadOnlyList<SampleNote> Notes)
{
    /// <summary>Samples of the epoch.</summary>
    public long Count => Once + Twice + None;
}

/// <summary>How often the samples of all epochs were used: the sums of <see cref="EpochSamples"/>.</summary>
/// <param name="Once">Samples of which exactly one update is in every shard, an epoch's counted anew.</param>
/// <param name="Twice">Samples that went into two updates or more.</param>
/// <param name="None">Samples of which no update is in every shard.</param>
/// <param name="Notes">How many have which reason, in the order of the reasons.</param>
public sealed record SampleTotals(long Once, long Twice, long None, IReadOnlyList<(SampleReason Reason, long Count)> Notes);

/// <summary>The samples of one epoch that have one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">Samples.</param>
/// <param name="Ranges">Where they are in the epoch's order, ascending.</param>
public sealed record SampleNote(SampleReason Reason, long Count, IReadOnlyList<SampleRange> Ranges);

/// <summary>Some positions of an epoch's order.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">One past the last.</param>
public readonly record struct SampleRange(int Start, int End);
