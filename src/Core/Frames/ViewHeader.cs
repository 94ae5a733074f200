namespace OrleansSgd.Core.Frames;

/// <summary>What one answer of a shard says about itself: the outcome of a push, and the version of the values it carries.</summary>
/// <remarks>Byte layout: <see cref="ViewFrame"/> and docs/wire-format.md.</remarks>
public record struct ViewHeader
{
    /// <summary>Layout of the payload; <see cref="PayloadKind.None"/> when nothing changed.</summary>
    public PayloadKind Kind { get; set; }

    /// <summary>What the shard did with the push; carried as it is, every value is allowed here.</summary>
    public byte Outcome { get; set; }

    /// <summary>Index of the shard.</summary>
    public int Shard { get; set; }

    /// <summary>The life of the shard.</summary>
    public int ShardIncarnation { get; set; }

    /// <summary>Updates applied when the values were read.</summary>
    public long Version { get; set; }

    /// <summary>Updates applied between the pull and the push that is answered; −1 when none was measured.</summary>
    public long Delay { get; set; }

    /// <summary>Every ticket below this one is in the values, or void.</summary>
    public long TicketWatermark { get; set; }

    /// <summary>Tickets above the watermark that are in the values as well.</summary>
    public int ExceptionCount { get; set; }

    /// <summary>Distance between the shard's slice and what the reader has after this answer, rounded up; 0 when they are bit-equal.</summary>
    public float ErrorNorm { get; set; }

    /// <summary>Coordinates of the shard.</summary>
    public int Length { get; set; }

    /// <summary>Values in the payload.</summary>
    public int EntryCount { get; set; }

    /// <summary>Bytes of the payload, exceptions not counted.</summary>
    public int PayloadSize { get; set; }
}
