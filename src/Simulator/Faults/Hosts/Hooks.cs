using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Where bugs are planted; as it stands, none is.</summary>
internal class Hooks
{
    public virtual ShardMachine Shard(ParameterShard shard) => new(shard);

    /// <summary>True for a job that takes what a lost worker left open as not applied, without asking the shards.</summary>
    public virtual bool ReturnsDoubtfulLeasesAtOnce => false;

    /// <summary>True for a job that does not hear of lost silos.</summary>
    public virtual bool IgnoresLostSilos => false;

    /// <summary>True for a store that takes what an old coordinator writes.</summary>
    public virtual bool LetsOldCoordinatorsWrite => false;

    /// <summary>False while the job does not answer questions for leases.</summary>
    public virtual bool AnswersLeases(double now, RunTotals totals) => true;

    /// <summary>What is read as the result.</summary>
    public virtual Read Result(Read read) => read;

    /// <summary>What a checkpoint has of the coordinator.</summary>
    public virtual SavedRun Saved(SavedRun saved) => saved;

    /// <summary>False for workers that push before their keeper has answered.</summary>
    public virtual bool AwaitsKeepers => true;

    /// <summary>What a keeper says it has of a lost worker's open update.</summary>
    public virtual KeptUpdate? Kept(KeptUpdate? update) => update;

    /// <summary>The frames that keepers have for a new life of a shard.</summary>
    public virtual List<ReadOnlyMemory<byte>> Replayed(List<ReadOnlyMemory<byte>> frames) => frames;

    /// <summary>What the ledger hears of a fact; null for nothing.</summary>
    public virtual LedgerFact? Tell(in LedgerFact fact) => fact;

    /// <summary>What the job says became of the samples of an epoch.</summary>
    public virtual EpochSamples Account(EpochSamples samples) => samples;

    /// <summary>The ticket before which x is taken.</summary>
    public virtual long RoundTicket(in TicketGrant grant) => grant.RoundTicket;

    /// <summary>What a worker's view says of one shard after a frame was applied.</summary>
    public virtual float[] View(float[] slice) => slice;
}
