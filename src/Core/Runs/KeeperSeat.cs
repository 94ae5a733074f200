using OrleansSgd.Core.Membership;

namespace OrleansSgd.Core.Runs;

/// <summary>What the coordinator knows of one worker's keeper, and of what it has to keep.</summary>
internal sealed class KeeperSeat
{
    /// <summary>The keeper in use; its incarnation is its number.</summary>
    public Member Keeper { get; set; }

    /// <summary>Tickets of the worker, in all its lives, that are not safe yet; ascending.</summary>
    public Queue<long> Unsafe { get; } = new();

    /// <summary>Every ticket below it is in the worker's view of every shard; −1 for none.</summary>
    public long ViewFloor { get; set; } = -1;
}
