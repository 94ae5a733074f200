using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator.Faults.Facts;

/// <summary>Something that happened in a run, as one who stands beside it sees it. Checkers read facts and nothing else.</summary>
internal abstract record Fact;

/// <summary>The job gave a ticket for one batch.</summary>
/// <param name="RoundTicket">The ticket before which x is taken for it.</param>
internal sealed record TicketGiven(
    long Ticket, long RoundTicket, int Worker, int Incarnation, long Sequence, int Epoch, int Start, int End) : Fact;

/// <summary>A worker told the job that every shard has answered a ticket.</summary>
internal sealed record RowArrived(long Ticket) : Fact;

/// <summary>The job told the ledger something.</summary>
internal sealed record Told(LedgerFact Fact) : Fact;

/// <summary>The job read a shard at a cut, before which x consists of the tickets below it.</summary>
internal sealed record CutRead(long Ticket, int Shard, int Life, long Version) : Fact;

/// <summary>A worker computed an update at a view of these versions and shard lives, [shards].</summary>
/// <param name="Settled">[shards]; the tickets each slice of the view says it contains.</param>
internal sealed record Computed(
    int Worker, int Incarnation, long Sequence, long Round, long[] Versions, int[] Lives, TicketSet[] Settled,
    float[] Update) : Fact;

/// <summary>A life of a shard began with the slice of an earlier life at some version.</summary>
/// <param name="Replayed">What keepers had and that slice lacked, in the order it was applied.</param>
/// <param name="IncarnationsMin">[workers]; lives below are fenced from the start.</param>
internal sealed record LifeBegan(
    int Shard, int Life, int SourceLife, long SourceVersion, IReadOnlyList<Pushed> Replayed, long Version, int[] IncarnationsMin) : Fact;

/// <summary>A shard answered a push.</summary>
/// <param name="Update">What the frame says is to be subtracted, [shard length].</param>
/// <param name="IsKept">True when it was a keeper's frame of an update whose worker is gone.</param>
internal sealed record Pushed(int Shard, int Life, PushHeader Header, float[] Update, PushOutcome Outcome, bool IsKept = false) : Fact
{
    /// <summary>What a frame says, and what was answered.</summary>
    public static Pushed Of(int life, ReadOnlySpan<byte> frame, in PushOutcome outcome, bool isKept)
    {
        PushHeader header = PushFrame.ReadHeader(frame);
        float[] update = new float[header.Length];
        FramePayload.CopyTo(update, header.Kind, PushFrame.Payload(frame, header), header.EntryCount);
        return new Pushed(header.Shard, life, header, update, outcome, isKept);
    }
}

/// <summary>A shard was told to refuse lives of a worker below one.</summary>
internal sealed record Fenced(int Shard, int Life, int Worker, int IncarnationMin) : Fact;

/// <summary>A life of a worker ended as planned, and what it held back goes on with the next.</summary>
internal sealed record Carried(int Worker, int Incarnation) : Fact;

/// <summary>A worker holds this slice of a shard now.</summary>
internal sealed record Viewed(int Worker, int Shard, int Life, long Version, float[] Slice) : Fact;

/// <summary>The job read this slice of a shard as its result.</summary>
/// <param name="Watermark">Every ticket below it is settled.</param>
/// <param name="Moment">When its answer came, in microseconds.</param>
internal sealed record Read(int Shard, int Life, long Version, long Watermark, float[] Slice, double Moment) : Fact;

/// <summary>A new coordinator goes on from a checkpoint, or from the beginning.</summary>
/// <param name="Ticket">Every ticket from it on is given anew.</param>
internal sealed record Resumed(long Ticket) : Fact;

/// <summary>Something went wrong, or was told to go, as the plan says.</summary>
internal sealed record Struck(string What) : Fact;

/// <summary>The run is over.</summary>
/// <param name="Samples">[epochs]; what the job says became of every sample.</param>
internal sealed record Ended(long Moment, RunTotals Totals, IReadOnlyList<EpochSamples> Samples) : Fact;
