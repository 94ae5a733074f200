namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>Silos that leave as planned, and whether the run is over the last fault.</content>
internal sealed partial class JobHost
{
    /// <summary>A silo is going to leave.</summary>
    public void Leave(Silo silo)
    {
        PollSilos();
        _coordinator.SiloLeaving(silo.Name);
        Pump();
    }

    /// <summary>Tickets given so far.</summary>
    public long Tickets => _coordinator.Totals.Tickets;

    /// <summary>Every update below this ticket survives the loss of any one silo by itself.</summary>
    public long Safe => _coordinator.Safe;

    /// <summary>True when everybody is up, and the keepers have everything that their workers retain.</summary>
    public bool IsRecovered
    {
        get
        {
            bool isRecovered = _grid.Home.IsUp && _coordinator.IsWhole;
            for (int shard = 0; shard < _coordinator.Shards.Length && isRecovered; shard++)
            {
                isRecovered = _grid.LivingShard(shard)?.Ping() == _coordinator.Shards[shard].Incarnation;
            }

            for (int worker = 0; worker < _coordinator.Workers.Length && isRecovered; worker++)
            {
                int incarnation = _coordinator.Workers[worker].Incarnation;
                int keeper = _coordinator.KeepersOf(worker).FirstOrDefault();
                isRecovered = _grid.LivingWorker(worker) is { } host
                    && _grid.LivingKeeper(worker, keeper) is { } other && other.Silo != host.Silo
                    && host.IsKept(incarnation, keeper, _coordinator.Safe);
            }

            return isRecovered;
        }
    }

    /// <summary>True when nothing of the run lives on a silo.</summary>
    public bool IsClearOf(Silo silo) => _coordinator.IsClearOf(silo.Name);
}
