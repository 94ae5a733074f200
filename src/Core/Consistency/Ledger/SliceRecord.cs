namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>One ticket on one shard: how large the update was, and which tickets its view of the shard contained.</summary>
public struct SliceRecord
{
    /// <summary>Squared norm of the decoded update slice, in squared parameter units; finite, 0 or more.</summary>
    public double NormSquared { get; set; }

    /// <summary>Every ticket below this had been settled by the shard when the view was read; this one had not.</summary>
    public long ViewWatermark { get; internal set; }

    /// <summary>The life of the shard that the view came from.</summary>
    public int ViewIncarnation { get; internal set; }

    /// <summary>Tickets above the watermark that the view contained as well.</summary>
    public int ExceptionCount { get; internal set; }

    /// <summary>What became of the slice.</summary>
    public SliceState State { get; set; }

    internal int ExceptionStart { get; set; }
}
