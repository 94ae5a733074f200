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

    /// <summary>Updates the shard had applied when the view was read: rounds in a synchronous run.</summary>
    public long ViewVersion { get; set; }

    /// <summary>Product of the decoded update slice with the shard's fixed random vector, for the conservation audit; NaN when not measured.</summary>
    public double Projection { get; set; }

    /// <summary>Squared norm of what stood in for missing updates in this slice of the view, in squared parameter units; 0 for nothing.</summary>
    public double SubstituteNormSquared { get; set; }

    /// <summary>Squared distance between the view's slice and the shard's when the answer was compressed, in squared parameter units; 0 when exact.</summary>
    public double ViewErrorSquared { get; set; }

    /// <summary>What became of the slice.</summary>
    public SliceState State { get; set; }

    internal int ExceptionStart { get; set; }
}
