using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
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

    /// <summary>What the ledger hears of a fact; null for nothing.</summary>
    public virtual LedgerFact? Tell(in LedgerFact fact) => fact;

    /// <summary>The ticket before which x is taken.</summary>
    public virtual long RoundTicket(in TicketGrant grant) => grant.RoundTicket;

    /// <summary>What a worker's view says of one shard after a frame was applied.</summary>
    public virtual float[] View(float[] slice) => slice;
}
