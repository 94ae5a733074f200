namespace OrleansSgd.Core.Frames;

/// <summary>What one push says about itself: whose update it is, where it belongs and how large it is.</summary>
/// <remarks>Byte layout: <see cref="PushFrame"/> and docs/wire-format.md.</remarks>
public record struct PushHeader
{
    /// <summary>Layout of the payload.</summary>
    public PayloadKind Kind { get; set; }

    /// <summary>Index of the shard the update is for.</summary>
    public int Shard { get; set; }

    /// <summary>The life of the shard that the view came from.</summary>
    public int ShardIncarnation { get; set; }

    /// <summary>Index of the worker that made the update.</summary>
    public int Worker { get; set; }

    /// <summary>The life of that worker.</summary>
    public int Incarnation { get; set; }

    /// <summary>Counts the worker's pushes in this life; with worker and incarnation it names the push.</summary>
    public long Sequence { get; set; }

    /// <summary>The gradient's place in the global order.</summary>
    public long Ticket { get; set; }

    /// <summary>The round it belongs to, or −1 when asynchronous.</summary>
    public long Round { get; set; }

    /// <summary>The worker's place in its round; 0 when asynchronous.</summary>
    public int Slot { get; set; }

    /// <summary>Places in the round; 1 when asynchronous.</summary>
    public int SlotCount { get; set; }

    /// <summary>Version of this shard in the view that the gradient was computed at.</summary>
    public long ViewVersion { get; set; }

    /// <summary>Learning rate α that is already multiplied into the payload; finite, 0 or more.</summary>
    public float Rate { get; set; }

    /// <summary>Samples in the batch.</summary>
    public int SampleCount { get; set; }

    /// <summary>Squared norm of the decoded payload, in squared parameter units.</summary>
    public double NormSquared { get; set; }

    /// <summary>Coordinates of the shard.</summary>
    public int Length { get; set; }

    /// <summary>Values in the payload.</summary>
    public int EntryCount { get; set; }

    /// <summary>Bytes of the payload.</summary>
    public int PayloadSize { get; set; }
}
