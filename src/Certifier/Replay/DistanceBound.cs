using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>How far a view was from x at most: the norms of what it lacks, and of what it has and x has not.</summary>
internal sealed class DistanceBound(TicketWindow tickets)
{
    private readonly List<Loss>[] _lost = [.. Enumerable.Range(0, tickets.Shards).Select(static _ => new List<Loss>())];
    private readonly int[] _incarnations = new int[tickets.Shards];

    /// <summary>A restore lost a slice that views of earlier lives may still have.</summary>
    public void Lose(TicketEntry entry, int shard, int incarnation)
    {
        _lost[shard].Add(new Loss(entry, incarnation));
        _incarnations[shard] = incarnation;
    }

    /// <summary>Measures a row's view; every ticket before its round is finalised.</summary>
    /// <returns>S, in squared parameter units, and the delay.</returns>
    public (double StaleSquared, int Delay) Measure(LedgerRow row)
    {
        double squared = 0;
        int delay = 0;
        for (int shard = 0; shard < tickets.Shards; shard++)
        {
            ref readonly RowSlice slice = ref row.Slices[shard];
            double norm = Missing(row, slice, shard, ref delay) + Extra(slice, shard)
                + Math.Sqrt(slice.ViewErrorSquared) + Math.Sqrt(slice.SubstituteSquared);
            squared += norm * norm;
        }

        return (squared, delay);
    }

    private double Missing(LedgerRow row, in RowSlice slice, int shard, ref int delay)
    {
        double norm = 0;
        int passed = 0;
        for (long ticket = slice.ViewWatermark; ticket < row.RoundTicket; ticket++)
        {
            while (passed < slice.Exceptions.Length && slice.Exceptions[passed] < ticket)
            {
                passed++;
            }

            if (passed < slice.Exceptions.Length && slice.Exceptions[passed] == ticket)
            {
                continue;
            }

            if (tickets.Find(ticket) is { Row: { } update } entry && entry.Fates[shard] == SliceFate.Applied)
            {
                norm += Math.Sqrt(update.Slices[shard].NormSquared);
                delay += entry.LackedBy == row.Ticket ? 0 : 1;
                entry.LackedBy = row.Ticket;
            }
        }

        return norm;
    }

    private double Extra(in RowSlice slice, int shard)
    {
        double norm = 0;
        if (slice.ViewIncarnation >= _incarnations[shard])
        {
            return norm;
        }

        foreach (Loss loss in _lost[shard])
        {
            long ticket = loss.Entry.Ticket;
            bool isInView = ticket < slice.ViewWatermark || Array.BinarySearch(slice.Exceptions, ticket) >= 0;
            if (slice.ViewIncarnation < loss.Incarnation && isInView && loss.Entry.Row is { } update)
            {
                norm += Math.Sqrt(update.Slices[shard].NormSquared);
            }
        }

        return norm;
    }

    private readonly record struct Loss(TicketEntry Entry, int Incarnation);
}
