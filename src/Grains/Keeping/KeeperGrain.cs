using Orleans.Placement;
using OrleansSgd.Core.Keeping;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Keeping;

/// <summary>Hosts one <see cref="UpdateKeeper"/>.</summary>
[ActivationCountBasedPlacement]
public sealed class KeeperGrain(ILocalSiloDetails silo) : Grain, IKeeperGrain
{
    private UpdateKeeper? _keeper;

    /// <inheritdoc/>
    public Task<string> Start()
    {
        _keeper ??= new UpdateKeeper();
        return Task.FromResult(silo.SiloAddress.ToParsableString());
    }

    /// <inheritdoc/>
    public ValueTask<KeepVerdict> Keep(KeepRequest request) => new(
        _keeper is null ? KeepVerdict.None
        : _keeper.Keep(new KeptUpdate(request.Incarnation, request.Ticket, request.Frames, request.Row) { Values = request.Values }, request.Safe)
            ? KeepVerdict.Kept
            : KeepVerdict.Over);

    // Answers are copies: in one process the worker uses the memory again once a later update is kept.

    /// <inheritdoc/>
    public Task<KeptAnswer> Close(long ticket, int incarnationMin) => Task.FromResult(
        _keeper?.Close(ticket, incarnationMin) is { } kept
            ? new KeptAnswer([.. Enumerable.Range(0, kept.Frames.Count).Select(shard => (ReadOnlyMemory<byte>)kept.CopyOf(shard))], kept.Row.ToArray())
            : KeptAnswer.None);

    /// <inheritdoc/>
    public Task<FramesAnswer> Frames(int shard, long ticketMin) =>
        Task.FromResult(new FramesAnswer(_keeper is null ? [] : [.. _keeper.FramesOf(shard, ticketMin)]));

    /// <inheritdoc/>
    public Task Stop()
    {
        _keeper = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
