using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Planning;

/// <summary>Bytes of what travels for one update, by docs/wire-format.md and the ledger frame of docs/theory.md.</summary>
internal sealed class FrameSizes(PlannedJob job)
{
    // Worker, life, sequence, lease, range and norm.
    private const double QuestionSize = 64;

    /// <summary>Coordinates of one slice.</summary>
    public double SliceLength { get; } = (double)job.Parameters / job.Shards;

    /// <summary>One push frame to one shard.</summary>
    public double Push { get; } = PushFrame.HeaderSize + PayloadOf((double)job.Parameters / job.Shards, job.PushFraction);

    /// <summary>What the coordinator is told with a ticket question: the rows of the update before.</summary>
    public double Ledger { get; } = QuestionSize + LedgerFrame.HeaderSize + ((double)LedgerFrame.RowSize * job.Shards);

    /// <summary>A question or an answer without a payload.</summary>
    public static double Question => QuestionSize;

    /// <summary>One slice, as it is stored or copied.</summary>
    public double Slice => SliceLength * FramePayload.ValueSize;

    /// <summary>One view frame from one shard: the changed coordinates, or all where that is smaller.</summary>
    /// <param name="missed">Updates applied since the reader's last view, its own among them.</param>
    public double View(double missed)
    {
        // Each update hits a coordinate with the same chance, as if the hits were independent.
        double changed = 1 - Math.Pow(1 - job.PushFraction, missed);
        return ViewFrame.HeaderSize + PayloadOf(SliceLength, job.Mode == RunPlan.Bsp && job.PushFraction >= 1 ? 1 : changed);
    }

    private static double PayloadOf(double length, double share) =>
        Math.Min(length * FramePayload.ValueSize, Math.Ceiling(length * share) * FramePayload.EntrySize);
}
