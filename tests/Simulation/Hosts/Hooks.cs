using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>Where bugs are planted; as it stands, none is.</summary>
internal class Hooks
{
    public virtual ShardMachine Shard(ParameterShard shard) => new(shard);

    /// <summary>True for a job that takes what a lost worker left open as not applied, without asking the shards.</summary>
    public virtual bool ReturnsDoubtfulLeasesAtOnce => false;

    /// <summary>True for a job that does not hear of lost silos.</summary>
    public virtual bool IgnoresLostSilos => false;

    /// <summary>What a worker's view says of one shard after a frame was applied.</summary>
    public virtual float[] View(float[] slice) => slice;
}
