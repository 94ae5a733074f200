using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Shards;

/// <content>Its part of a checkpoint: copied while the run is held, written while it goes on.</content>
public sealed partial class ShardGrain
{
    private ShardCheckpoint? _frozen;

    /// <inheritdoc/>
    public async Task<FreezeAnswer> Freeze(long ticket)
    {
        if (_shard is null || _shard.Settled.Watermark < ticket)
        {
            await SettleAsync(ticket);
        }

        if (_shard is not { } shard || shard.Settled.Watermark != ticket || shard.Settled.ExceptionCount > 0)
        {
            return new FreezeAnswer(false, 0, 0);
        }

        _frozen = new ShardCheckpoint(
            new ShardCheckpointHeader(shard.Shard, shard.Incarnation, shard.Version, ticket, ticket), [], [], shard.Parameters.ToArray());
        return new FreezeAnswer(true, shard.Incarnation, shard.Version);
    }

    /// <inheritdoc/>
    public async Task<PartAnswer> Store(PartRequest request)
    {
        ShardCheckpoint? frozen = _frozen;
        _frozen = null;
        if (frozen is null || frozen.Header.Incarnation != request.Incarnation || frozen.Header.Ticket != request.Ticket)
        {
            return new PartAnswer("", 0, 0, StoreTrouble.Slow, $"The copy of {request.Name} at ticket {request.Ticket} went with the shard that made it.");
        }

        if (checkpoints.Store is not { } store)
        {
            return new PartAnswer("", 0, 0, StoreTrouble.Gone, $"The silo that hosts {request.Name} has no store; give every silo the same one.");
        }

        try
        {
            // Off the grain's turn: laying out and writing take as long as the slice is large.
            CheckpointPart part = await Task.Run(() => store.WriteAsync(
                request.ToClaim(), request.Name, frozen.ToBytes(), CancellationToken.None));
            return new PartAnswer(part.Path, part.Length, part.Checksum);
        }
        catch (CheckpointStoreException trouble)
        {
            return PartAnswer.Of(trouble);
        }
    }

    /// <inheritdoc/>
    public Task<long> TicketEnd() => Task.FromResult(_shard?.Settled.End ?? 0);

    // Updates that were under way when the run was held are here within milliseconds, or their worker is gone.
    private async Task SettleAsync(long ticket)
    {
        _waiting++;
        try
        {
            using var hold = new CancellationTokenSource(options.Value.HoldTime, time);
            while (_shard is { } shard && shard.Settled.Watermark < ticket)
            {
                await _versionReached.Task.WaitAsync(hold.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer says that it is not there; the run goes on and the checkpoint is tried again.
        }
        finally
        {
            _waiting--;
        }
    }
}
