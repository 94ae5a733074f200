using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Where a bug can be planted between a shard's host and Core.</summary>
internal class ShardMachine(ParameterShard shard)
{
    public ParameterShard Shard => shard;

    public virtual PushOutcome Push(byte[] frame) => shard.Push(frame);

    public virtual FenceReport Fence(int worker, int incarnationMin, long openTicket, long round, ReadOnlySpan<byte> frame) =>
        shard.Fence(worker, incarnationMin, openTicket, round, frame);
}
