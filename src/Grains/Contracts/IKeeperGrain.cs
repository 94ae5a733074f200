namespace OrleansSgd.Grains.Contracts;

/// <summary>Keeps the newest updates of one worker on another silo than the worker's. Key: <c>{job}/keeper/{worker}/{number}</c>.</summary>
[Alias("OrleansSgd.IKeeperGrain")]
public interface IKeeperGrain : IGrainWithStringKey
{
    /// <summary>Begins to keep updates: an activation that was never started keeps none.</summary>
    /// <returns>The silo that hosts it.</returns>
    [Alias("Start")]
    Task<string> Start();

    /// <summary>Keeps one update.</summary>
    [Alias("Keep")]
    ValueTask<KeepVerdict> Keep(KeepRequest request);

    /// <summary>The update of a ticket; nothing of the worker's lives below <paramref name="incarnationMin"/> is taken from now on.</summary>
    [Alias("Close")]
    Task<KeptAnswer> Close(long ticket, int incarnationMin);

    /// <summary>Copies of the frames of one shard, of tickets from <paramref name="ticketMin"/> on.</summary>
    [Alias("Frames")]
    Task<FramesAnswer> Frames(int shard, long ticketMin);

    /// <summary>The job is over, or another keeper is in use.</summary>
    [Alias("Stop")]
    Task Stop();
}

/// <summary>What a keeper did with an update.</summary>
public enum KeepVerdict : byte
{
    /// <summary>Nobody has started this keeper, so it keeps nothing: another one is on its way.</summary>
    None = 0,

    /// <summary>It is kept.</summary>
    Kept = 1,

    /// <summary>This life of the worker is over: nothing of it may be pushed any more.</summary>
    Over = 2,
}

/// <summary>One update, handed over before it is pushed.</summary>
/// <param name="Incarnation">The worker's life.</param>
/// <param name="Ticket">Its ticket.</param>
/// <param name="Safe">Updates below this ticket may be forgotten.</param>
/// <param name="Frames">[shards]; push frames, not changed before an update with a higher <paramref name="Safe"/> was kept.</param>
/// <param name="Row">The update's ledger frame; not changed either.</param>
/// <param name="Values">[shards]; the values of each frame, where they lie beside it; empty otherwise. Not changed either.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.KeepRequest")]
public sealed record KeepRequest(
    [property: Id(0)] int Incarnation,
    [property: Id(1)] long Ticket,
    [property: Id(2)] long Safe,
    [property: Id(3)] ReadOnlyMemory<byte>[] Frames,
    [property: Id(4)] ReadOnlyMemory<byte> Row,
    [property: Id(5)] ReadOnlyMemory<byte>[] Values);

/// <summary>A kept update; no frames when there is none.</summary>
/// <param name="Frames">[shards]; copies.</param>
/// <param name="Row">Its ledger frame; a copy.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.KeptAnswer")]
public sealed record KeptAnswer([property: Id(0)] ReadOnlyMemory<byte>[] Frames, [property: Id(1)] ReadOnlyMemory<byte> Row)
{
    /// <summary>The answer of a keeper that has no such update.</summary>
    public static KeptAnswer None { get; } = new([], default);
}

/// <summary>Push frames of one shard.</summary>
/// <param name="Frames">In the order of their tickets.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.FramesAnswer")]
public sealed record FramesAnswer([property: Id(0)] ReadOnlyMemory<byte>[] Frames);
