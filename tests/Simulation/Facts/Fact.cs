using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulation.Facts;

/// <summary>Something that happened in a run, as one who stands beside it sees it. Checkers read facts and nothing else.</summary>
internal abstract record Fact;

/// <summary>The job gave a ticket for one batch.</summary>
internal sealed record TicketGiven(long Ticket, int Worker, int Incarnation, int Epoch, int Start, int End) : Fact;

/// <summary>A worker computed an update at a view of these versions and shard lives, [shards].</summary>
internal sealed record Computed(
    int Worker, int Incarnation, long Sequence, long Round, long[] Versions, int[] Lives, float[] Update) : Fact;

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
