using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>The totals say what the result lacks, no more and no less, and no shard waits for a ticket any more.</summary>
internal sealed class AccountCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (!facts.IsEnded)
        {
            return null;
        }

        RunTotals totals = facts.Of<Ended>().Single().Totals;
        int given = facts.Of<TicketGiven>().Count();
        if (totals.Tickets != given)
        {
            return $"{totals.Tickets} tickets are counted, but {given} were given";
        }

        long samples = (long)facts.Plan.Samples * facts.Plan.Run.Epochs;
        if (totals.SamplesUsed != samples || totals.EpochsClosed != facts.Plan.Run.Epochs)
        {
            return $"{totals.SamplesUsed} of {samples} samples and {totals.EpochsClosed} of {facts.Plan.Run.Epochs} epochs are counted";
        }

        return WaitBreach(facts, given)
            ?? (facts.Plan.KeepsRounds ? RoundsBreach(facts, totals) : TicketsBreach(facts, totals));
    }

    // While the result is read, somebody may still repeat a contribution that this shard has.
    private static string? WaitBreach(RunFacts facts, int given)
    {
        Dictionary<long, TicketGiven> tickets = facts.Of<TicketGiven>().ToDictionary(ticket => ticket.Ticket);
        Lineage lineage = Lineage.Of(facts);
        foreach (Read read in facts.Of<Read>().Where(read => read.Watermark != given))
        {
            TicketGiven awaited = tickets[read.Watermark];
            bool isRepeated = facts.Plan.KeepsRounds && lineage.Contents(read.Shard, read.Life, read.Version)
                .Any(push => tickets[push.Header.Ticket] is { } has && (has.Epoch, has.Start) == (awaited.Epoch, awaited.Start));
            if (!isRepeated)
            {
                return $"shard {read.Shard}, life {read.Life}, still waits for ticket {read.Watermark} of {given}";
            }
        }

        return null;
    }

    // Every ticket is in all shards, or counted once: as void, as partial or as lost.
    private static string? TicketsBreach(RunFacts facts, RunTotals totals)
    {
        Lineage lineage = Lineage.Of(facts);
        var shards = new Dictionary<long, int>();
        foreach (Read read in facts.Of<Read>())
        {
            foreach (Pushed push in lineage.Contents(read.Shard, read.Life, read.Version))
            {
                shards[push.Header.Ticket] = shards.GetValueOrDefault(push.Header.Ticket) + 1;
            }
        }

        long incomplete = totals.Tickets - shards.Values.Count(count => count == facts.Plan.Run.Shards);
        long counted = totals.TicketsVoid + totals.UpdatesPartial + totals.UpdatesLost;
        return incomplete == counted
            ? null
            : $"{incomplete} updates are not in all shards, but {totals.TicketsVoid} are counted as void, " +
                $"{totals.UpdatesPartial} as partial and {totals.UpdatesLost} as lost";
    }

    // Every slot of every round is in all shards, or its round is counted as lost.
    private static string? RoundsBreach(RunFacts facts, RunTotals totals)
    {
        Lineage lineage = Lineage.Of(facts);
        var missing = new HashSet<(long, int)>();
        var all = new HashSet<(long, int)>();
        List<HashSet<(long, int)>> shards =
        [
            .. facts.Of<Read>().Select(read => lineage.Contents(read.Shard, read.Life, read.Version)
                .Select(push => (push.Header.Round, push.Header.Slot)).ToHashSet()),
        ];
        shards.ForEach(all.UnionWith);
        shards.ForEach(shard => missing.UnionWith(all.Except(shard)));
        return missing.Count <= totals.UpdatesLost
            ? null
            : $"{missing.Count} contributions are not in all shards, but {totals.UpdatesLost} are counted as lost";
    }
}
