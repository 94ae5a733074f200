using OrleansSgd.Core.Keeping;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>One keeper of a worker: has its newest updates on another silo than the worker's.</summary>
internal sealed class KeeperHost(Silo silo) : IActivation
{
    private readonly UpdateKeeper _keeper = new();
    private bool _isDropped;

    // One that came up because somebody asked has nothing, and must not seem to.
    private bool _isStarted;

    public Silo Silo => silo;

    public bool IsDead => _isDropped || !silo.IsUp;

    public string Start()
    {
        _isStarted = true;
        return silo.Name;
    }

    public void Drop() => _isDropped = true;

    /// <returns>False when the worker's life is over; true, too, from one that was never started and keeps nothing.</returns>
    public bool Keep(IReadOnlyList<KeptUpdate> updates, long safe) =>
        !_isStarted || updates.All(update => _keeper.Keep(update, safe));

    public KeptUpdate? Close(long ticket, int incarnationMin) => _keeper.Close(ticket, incarnationMin);

    public ReadOnlyMemory<byte>[] FramesOf(int shard, long ticketMin) => [.. _keeper.FramesOf(shard, ticketMin)];
}
