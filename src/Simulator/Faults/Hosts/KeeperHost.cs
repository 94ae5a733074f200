using OrleansSgd.Core.Keeping;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>One keeper of a worker: has its newest updates on another silo than the worker's.</summary>
internal sealed class KeeperHost(Silo silo) : IActivation
{
    private readonly UpdateKeeper _keeper = new();
    private bool _isDropped;

    public Silo Silo => silo;

    public bool IsDead => _isDropped || !silo.IsUp;

    /// <summary>False for one that came up because somebody asked: it has nothing, and must not seem to.</summary>
    public bool IsStarted { get; private set; }

    public string Start()
    {
        IsStarted = true;
        return silo.Name;
    }

    public void Drop() => _isDropped = true;

    /// <returns>False when the worker's life is over; true, too, from one that was never started and keeps nothing.</returns>
    public bool Keep(IReadOnlyList<KeptUpdate> updates, long safe) =>
        !IsStarted || updates.All(update => _keeper.Keep(update, safe));

    public KeptUpdate? Close(long ticket, int incarnationMin) => _keeper.Close(ticket, incarnationMin);

    public ReadOnlyMemory<byte>[] FramesOf(int shard, long ticketMin) => [.. _keeper.FramesOf(shard, ticketMin)];
}
