using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>A view contains no ticket from its round's first on, and of an orphan every ticket below its floor that is in x.</summary>
internal sealed class OrderCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (facts.Of<Told>().Any(told => told.Fact.Kind == LedgerFactKind.Break))
        {
            return null;
        }

        Dictionary<(int, int, long), Computed> views = facts.Of<Computed>()
            .GroupBy(view => (view.Worker, view.Incarnation, view.Sequence))
            .ToDictionary(same => same.Key, same => same.Last());
        var byTicket = new Dictionary<long, Computed>();
        foreach (TicketGiven given in facts.Of<TicketGiven>())
        {
            if (!views.TryGetValue((given.Worker, given.Incarnation, given.Sequence), out Computed? view))
            {
                continue; // its worker died between ticket and gradient
            }

            byTicket[given.Ticket] = view;
            long end = view.Settled.Max(settled => settled.End);
            if (end > given.RoundTicket)
            {
                return $"the view of ticket {given.Ticket} contains ticket {end - 1}, but x is taken before {given.RoundTicket}";
            }
        }

        foreach (LedgerFact orphan in facts.Of<Told>().Select(told => told.Fact).Where(fact => fact.Kind == LedgerFactKind.Orphan))
        {
            if (FloorBreach(facts, orphan, byTicket[orphan.Ticket]) is { } breach)
            {
                return breach;
            }
        }

        return null;
    }

    private static string? FloorBreach(RunFacts facts, LedgerFact orphan, Computed view)
    {
        Lineage lineage = Lineage.Of(facts);
        for (int shard = 0; shard < view.Settled.Length; shard++)
        {
            // What the slice lacks although the floor says it is there must be in no version of that life: void, or lost before.
            HashSet<long> later = [.. lineage.Contents(shard, view.Lives[shard], long.MaxValue).Select(push => push.Header.Ticket)];
            HashSet<long> has = [.. lineage.Contents(shard, view.Lives[shard], view.Versions[shard]).Select(push => push.Header.Ticket)];
            long missing = later.Where(ticket => ticket < orphan.ViewFloor && !has.Contains(ticket)).DefaultIfEmpty(-1).First();
            if (missing >= 0)
            {
                return $"the view of orphan {orphan.Ticket} lacks ticket {missing} of shard {shard}, but its floor is {orphan.ViewFloor}";
            }
        }

        return null;
    }
}
