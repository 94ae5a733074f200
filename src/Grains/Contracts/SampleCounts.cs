using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Grains.Contracts;

/// <summary>How often samples were used, of one epoch or of a whole run; docs/samples.md says what is counted.</summary>
/// <param name="Once">Samples of which exactly one update is in every shard.</param>
/// <param name="Twice">Samples that went into two updates or more.</param>
/// <param name="None">Samples of which no update is in every shard.</param>
/// <param name="Remarks">Why, for all that are not once, and for those that took a second try.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SampleCounts")]
public sealed record SampleCounts(
    [property: Id(0)] long Once, [property: Id(1)] long Twice, [property: Id(2)] long None, [property: Id(3)] SampleRemark[] Remarks)
{
    /// <summary>Samples in all.</summary>
    public long Count => Once + Twice + None;

    /// <summary>The counts of an epoch, as clients see them.</summary>
    public static SampleCounts Of(EpochSamples epoch) =>
        new(epoch.Once, epoch.Twice, epoch.None, [.. epoch.Notes.Select(note => SampleRemark.Of(note.Reason, note.Count))]);

    /// <summary>The counts of a run, as clients see them.</summary>
    /// <param name="run">The counts.</param>
    /// <param name="unplaced">Updates that are lost, and their samples not known any more.</param>
    public static SampleCounts Of(SampleTotals run, long unplaced)
    {
        SampleRemark[] remarks = [.. run.Notes.Select(note => SampleRemark.Of(note.Reason, note.Count))];
        return new(run.Once, run.Twice, run.None, unplaced == 0 ? remarks : [.. remarks, SampleRemark.Unplaced(unplaced)]);
    }
}

/// <summary>Samples to which the same happened.</summary>
/// <param name="Reason">Its name, for programs: <c>lost</c>, <c>slot-repeated</c>.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Text">What happened, for people; completes "n samples: …".</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SampleRemark")]
public sealed record SampleRemark([property: Id(0)] string Reason, [property: Id(1)] long Count, [property: Id(2)] string Text)
{
    /// <summary>The counts are too good by the samples of some updates.</summary>
    public static SampleRemark Unplaced(long updates) =>
        new("unplaced", updates, "updates lost so late that their samples are not known any more and count as used");

    /// <summary>The remark that a reason makes.</summary>
    public static SampleRemark Of(SampleReason reason, long count) => new(SampleReasons.NameOf(reason), count, SampleReasons.SentenceOf(reason));
}
