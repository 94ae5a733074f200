namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>Silos that leave as planned, and whether the run is over the last fault.</content>
internal sealed partial class JobHost
{
    /// <summary>A silo is going to leave.</summary>
    public void Leave(Silo silo)
    {
        _coordinator.SiloLeaving(silo.Name);
        Pump();
    }

    /// <summary>True when the coordinator says so, and has heard of every loss.</summary>
    public bool IsRecovered
    {
        get
        {
            bool isRecovered = _grid.Home.IsUp && _coordinator.IsRecovered && _grid.Members.SequenceEqual(_members);
            for (int shard = 0; shard < _coordinator.Shards.Length && isRecovered; shard++)
            {
                isRecovered = _grid.LivingShard(shard)?.Ping() == _coordinator.Shards[shard].Incarnation;
            }

            for (int worker = 0; worker < _coordinator.Workers.Length && isRecovered; worker++)
            {
                isRecovered = _grid.LivingWorker(worker) is not null;
            }

            return isRecovered;
        }
    }

    /// <summary>True when nothing of the run lives on a silo.</summary>
    public bool IsClearOf(Silo silo) => _coordinator.IsClearOf(silo.Name);
}
