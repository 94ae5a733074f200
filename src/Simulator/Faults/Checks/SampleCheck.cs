using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>The result contains every sample of every epoch once, unless it is said to be lost or part of a lost update.</summary>
/// <remarks>
/// Asynchronous: over all shards together, because two tickets for one sample would be two uses of it. Synchronous: in
/// each shard, because there a sample that is computed again is the same contribution.
/// </remarks>
internal sealed class SampleCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (!facts.IsEnded)
        {
            return null;
        }

        Lineage lineage = Lineage.Of(facts);
        Dictionary<long, TicketGiven> tickets = facts.Of<TicketGiven>().ToDictionary(ticket => ticket.Ticket);
        var contents = facts.Of<Read>()
            .Select(read => lineage.Contents(read.Shard, read.Life, read.Version).Select(push => push.Header.Ticket).ToHashSet());
        bool isSynchronous = facts.Plan.KeepsRounds;
        List<HashSet<long>> scopes = isSynchronous
            ? [.. contents]
            : [contents.Aggregate(new HashSet<long>(), (all, some) => [.. all, .. some])];
        long missingMax = MissingMax(facts, isSynchronous);
        foreach (HashSet<long> scope in scopes)
        {
            int[,] uses = new int[facts.Plan.Run.Epochs, facts.Plan.Samples];
            foreach (TicketGiven ticket in scope.Select(ticket => tickets[ticket]))
            {
                for (int position = ticket.Start; position < ticket.End; position++)
                {
                    if (++uses[ticket.Epoch, position] > 1)
                    {
                        return $"sample {position} of epoch {ticket.Epoch} is used twice, the second time by ticket {ticket.Ticket}";
                    }
                }
            }

            int missing = uses.Cast<int>().Count(count => count == 0);
            if (missing > missingMax)
            {
                return $"{missing} samples are in no update, but what is said to be lost explains {missingMax} at most";
            }
        }

        return null;
    }

    private static long MissingMax(RunFacts facts, bool isSynchronous)
    {
        Ended ended = facts.Of<Ended>().Single();
        long updates = ended.Totals.UpdatesLost + (isSynchronous ? 0 : ended.Totals.UpdatesPartial);
        return updates * facts.Plan.Run.Batch;
    }
}
