using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulation.Facts;

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
/// <param name="IncarnationsMin">[workers]; lives below are fenced from the start.</param>
internal sealed record LifeBegan(
    int Shard, int Life, int SourceLife, long SourceVersion, long Version, int[] IncarnationsMin) : Fact;

/// <summary>A shard answered a push.</summary>
/// <param name="Update">What the frame says is to be subtracted, [shard length].</param>
internal sealed record Pushed(int Shard, int Life, PushHeader Header, float[] Update, PushOutcome Outcome) : Fact;

/// <summary>A shard was told to refuse lives of a worker below one.</summary>
internal sealed record Fenced(int Shard, int Life, int Worker, int IncarnationMin) : Fact;

/// <summary>A worker holds this slice of a shard now.</summary>
internal sealed record Viewed(int Worker, int Shard, int Life, long Version, float[] Slice) : Fact;

/// <summary>The job read this slice of a shard as its result.</summary>
/// <param name="Watermark">Every ticket below it is settled.</param>
internal sealed record Read(int Shard, int Life, long Version, long Watermark, float[] Slice) : Fact;

/// <summary>The run is over.</summary>
internal sealed record Ended(long Moment, RunTotals Totals) : Fact;
