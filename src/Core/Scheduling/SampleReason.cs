namespace OrleansSgd.Core.Scheduling;

/// <summary>Why a sample was not simply used once. Written to checkpoints and events: values are explicit and only ever appended.</summary>
/// <remarks>Of several reasons the highest counts, until the sample is not yet used.</remarks>
public enum SampleReason : byte
{
    /// <summary>Nothing happened to it.</summary>
    None = 0,

    /// <summary>Once, at the second try: no shard had the first update.</summary>
    Void = 1,

    /// <summary>Twice: a shard lacked the update of its slot, so the slot was computed again.</summary>
    SlotRepeated = 2,

    /// <summary>Not wholly: only some shards have the update.</summary>
    Partial = 3,

    /// <summary>Not wholly: a shard died with its part of the update, and nobody could replay it.</summary>
    Lost = 4,

    /// <summary>Not at all so far.</summary>
    NotYet = 5,

    /// <summary>Not at all: the run ended first.</summary>
    RunEnded = 6,
}

/// <summary>What each reason is called, and the sentence that explains it.</summary>
public static class SampleReasons
{
    /// <summary>The reason's name in events: <c>lost</c>, <c>slot-repeated</c>.</summary>
    public static string NameOf(SampleReason reason) => reason switch
    {
        SampleReason.None => "none",
        SampleReason.Void => "void",
        SampleReason.SlotRepeated => "slot-repeated",
        SampleReason.Partial => "partial",
        SampleReason.Lost => "lost",
        SampleReason.NotYet => "not-yet",
        SampleReason.RunEnded => "run-ended",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "There is no such reason."),
    };

    /// <summary>Completes "n samples: …".</summary>
    public static string SentenceOf(SampleReason reason) => reason switch
    {
        SampleReason.None => "used once",
        SampleReason.Void => "used once, at the second try: their worker died before any shard had the first update",
        SampleReason.SlotRepeated => "computed twice: a shard lacked the update of their slot; each shard has one of the two",
        SampleReason.Partial => "used in part: their worker died when only some shards had the update",
        SampleReason.Lost => "lost: a shard died with its part of the update, and nobody could replay it",
        SampleReason.NotYet => "not used yet",
        SampleReason.RunEnded => "not used: the run ended first",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "There is no such reason."),
    };
}
