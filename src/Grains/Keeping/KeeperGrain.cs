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
        : _keeper.Keep(new KeptUpdate(request.Incarnation, request.Ticket, request.Frames, request.Row), request.Safe)
            ? KeepVerdict.Kept
            : KeepVerdict.Over);

    /// <inheritdoc/>
    public Task<KeptAnswer> Close(long ticket, int incarnationMin) => Task.FromResult(
        _keeper?.Close(ticket, incarnationMin) is { } kept
            ? new KeptAnswer([.. kept.Frames.Select(Copy)], Copy(kept.Row))
            : KeptAnswer.None);

    /// <inheritdoc/>
    public Task<FramesAnswer> Frames(int shard, long ticketMin) =>
        Task.FromResult(new FramesAnswer(_keeper is null ? [] : [.. _keeper.FramesOf(shard, ticketMin).Select(Copy)]));

    /// <inheritdoc/>
    public Task Stop()
    {
        _keeper = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    // In one process the worker uses the memory again once a later update is kept.
    private static ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> bytes) => bytes.ToArray();
}
