using OrleansSgd.Core.Scheduling;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>What the job says became of every sample is what became of it.</summary>
/// <remarks>
/// A sample is whole when every shard of the result has a ticket with it. One that is not must be said to be lost or partial, and no other. A whole
/// one that several tickets were given for must have a reason, and no other; when the first of them are said to be void, the result has one only.
/// </remarks>
internal sealed class SampleReasonCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (!facts.IsEnded)
        {
            return null;
        }

        (int epochs, int samples) = (facts.Plan.Run.Epochs, facts.Plan.Samples);
        var lineage = Lineage.Of(facts);
        var given = new List<long>[epochs, samples];
        foreach (TicketGiven ticket in facts.Of<TicketGiven>())
        {
            for (int position = ticket.Start; position < ticket.End; position++)
            {
                (given[ticket.Epoch, position] ??= []).Add(ticket.Ticket);
            }
        }

        HashSet<long>[] shards =
        [
            .. facts.Of<Read>().Select(
                read => lineage.Contents(read.Shard, read.Life, read.Version).Select(push => push.Header.Ticket).ToHashSet()),
        ];
        foreach (EpochSamples account in facts.Of<Ended>().Single().Samples)
        {
            SampleReason[] reasons = ReasonsOf(account, samples);
            long missing = 0;
            long twice = 0;
            for (int position = 0; position < samples; position++)
            {
                List<long> tickets = given[account.Epoch, position] ?? [];
                bool isWhole = shards.All(shard => tickets.Exists(shard.Contains));
                int inResult = tickets.Count(ticket => shards.Any(shard => shard.Contains(ticket)));
                missing += isWhole ? 0 : 1;
                twice += isWhole && reasons[position] == SampleReason.SlotRepeated ? 1 : 0;
                if (!IsRight(reasons[position], isWhole, tickets.Count, inResult))
                {
                    return $"sample {position} of epoch {account.Epoch} is said to be {reasons[position]}, but it had {tickets.Count} tickets, of which "
                        + $"{inResult} are in the result, {(isWhole ? "in every shard" : "not in every shard")}";
                }
            }

            if ((account.None, account.Twice, account.Count) != (missing, twice, samples))
            {
                return $"epoch {account.Epoch} is said to miss {account.None} of {account.Count} samples and to have {account.Twice} twice, "
                    + $"but it misses {missing} of {samples} and has {twice} twice";
            }
        }

        return null;
    }

    private static bool IsRight(SampleReason reason, bool isWhole, int tickets, int inResult) => reason switch
    {
        SampleReason.None => isWhole && tickets == 1,
        SampleReason.Void => isWhole && tickets > 1 && inResult == 1,
        SampleReason.SlotRepeated => isWhole && tickets > 1,
        SampleReason.Partial or SampleReason.Lost => !isWhole && tickets > 0,
        _ => false,
    };

    private static SampleReason[] ReasonsOf(EpochSamples account, int samples)
    {
        var reasons = new SampleReason[samples];
        foreach (SampleNote note in account.Notes)
        {
            foreach (SampleRange range in note.Ranges)
            {
                Array.Fill(reasons, note.Reason, range.Start, range.End - range.Start);
            }
        }

        return reasons;
    }
}
