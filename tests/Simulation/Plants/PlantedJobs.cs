using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulation.Plants;

/// <summary>Gives a lost worker's samples to others before the shards have said whether they were used.</summary>
internal sealed class HastyJob : Hooks
{
    public override bool ReturnsDoubtfulLeasesAtOnce => true;
}

/// <summary>Never hears that a silo is gone.</summary>
internal sealed class DeafJob : Hooks
{
    public override bool IgnoresLostSilos => true;
}

/// <summary>Does not tell of one kind of fact.</summary>
internal sealed class SilentJob(LedgerFactKind kind) : Hooks
{
    public override LedgerFact? Tell(in LedgerFact fact) => fact.Kind == kind ? null : fact;
}

/// <summary>Says that nothing was lost with a shard.</summary>
internal sealed class CarelessJob : Hooks
{
    public override LedgerFact? Tell(in LedgerFact fact) => fact with { Lost = [] };
}

/// <summary>Says of samples that something happened to that they were used once, as if nothing had.</summary>
internal sealed class ForgivingJob(SampleReason reason) : Hooks
{
    public override EpochSamples Account(EpochSamples samples) =>
        samples with { Notes = [.. samples.Notes.Where(note => note.Reason != reason)] };
}

/// <summary>Takes x one ticket too early.</summary>
internal sealed class EarlyJob : Hooks
{
    public override long RoundTicket(in TicketGrant grant) => grant.RoundTicket - 1;
}

/// <summary>Thinks that an orphan's view was as new as it can have been.</summary>
internal sealed class TrustingJob : Hooks
{
    public override LedgerFact? Tell(in LedgerFact fact) => fact with { ViewFloor = fact.RoundTicket };
}

/// <summary>Workers whose views are off by a little.</summary>
internal sealed class BlurredViews : Hooks
{
    public override float[] View(float[] slice) => [.. slice.Select(MathF.BitIncrement)];
}
