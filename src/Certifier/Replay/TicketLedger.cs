using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>Puts rows and events together, ticket by ticket, and finalises tickets in order.</summary>
internal sealed class TicketLedger(TicketWindow tickets, FindingList findings)
{
    private readonly HeldMass _held = new();
    private readonly DistanceBound _distance = new(tickets);
    private RoundDistances? _rounds;

    /// <summary>The first ticket that is not finalised.</summary>
    public long Next { get; private set; }

    /// <summary>The lowest ticket that the rows that are not finalised need.</summary>
    public long TicketMin
    {
        get
        {
            long min = Next;
            for (long ticket = Next; ticket < tickets.End; ticket++)
            {
                min = Math.Min(min, tickets.Find(ticket)?.Row?.TicketMin ?? min);
            }

            return min;
        }
    }

    /// <summary>Σ over workers of what they hold back now.</summary>
    public double HeldSum => _held.NormSum;

    private RoundDistances Rounds => _rounds ??= new RoundDistances(tickets, _held);

    /// <summary>Takes up a row.</summary>
    public void Add(LedgerRow row)
    {
        if (Open(row.Ticket, "has a row") is not { } entry)
        {
            return;
        }

        if (entry.Row is not null || entry.IsFinalised)
        {
            string before = entry.Row is null ? "was declared void before" : "has had one before";
            findings.Add(FindingKind.Order, row.Ticket, -1, $"Ticket {row.Ticket} has a row of worker {row.Worker}, but {before}.");
            return;
        }

        CheckOrder(row);
        entry.Row = row;
        for (int shard = 0; shard < tickets.Shards; shard++)
        {
            Tell(entry, shard, row.Slices[shard].Fate, "its row");
        }

        if (entry.Settlement is { } settlement)
        {
            Tell(entry, settlement);
        }
    }

    /// <summary>Takes up an event; what it says of shards and breaks is for others.</summary>
    public void Take(LedgerEvent happened)
    {
        switch (happened)
        {
            case VoidEvent none when Open(none.Ticket, "is declared void") is { } entry:
                entry.IsDeclaredVoid = true;
                for (int shard = 0; shard < tickets.Shards; shard++)
                {
                    Tell(entry, shard, SliceFate.Void, "an event");
                }

                break;
            case SettleEvent settle when Open(settle.Ticket, "is settled") is { } entry:
                entry.Settlement = settle.Applied;
                if (entry.Row is not null)
                {
                    Tell(entry, settle.Applied);
                }

                break;
            case RetireEvent retire:
                _held.Retire(retire);
                break;
        }
    }

    /// <summary>A shard lost slices: x no longer contains them.</summary>
    /// <param name="lost">The tickets whose slices were not void before.</param>
    /// <returns>δ: Σ of the norms of those that x contained, in parameter units.</returns>
    public double Lose(RestoreEvent restore, out List<TicketEntry> lost)
    {
        lost = [];
        double distance = 0;
        foreach (long ticket in restore.Lost)
        {
            if (Open(ticket, "is lost") is not { } entry || entry.Fates[restore.Shard] is SliceFate.Void or SliceFate.Lost)
            {
                continue;
            }

            lost.Add(entry);
            entry.Lose(restore.Shard, restore.Incarnation);
            _distance.Lose(entry, restore.Shard, restore.Incarnation);
            distance += entry.IsFinalised ? Math.Sqrt(entry.Row!.Slices[restore.Shard].NormSquared) : 0;
        }

        return distance;
    }

    /// <summary>No row is still to come.</summary>
    public void Finish() => Rounds.IsOver = true;

    /// <summary>Finalises the next ticket, when everything up to it is settled.</summary>
    public bool TryFinalise([NotNullWhen(true)] out TicketEntry? entry, out FinalisedTicket ticket)
    {
        ticket = default;
        entry = tickets.Find(Next);
        bool isVoid = entry is { IsVoid: true };
        if (entry is not { IsSettled: true } || (!isVoid && !Rounds.IsKnown(entry.Row!)))
        {
            return false;
        }

        LedgerRow? row = entry.Row;
        double released = _held.Release(Next);
        double rebased = released;
        double distanceSquared = 0;
        int delay = 0;
        if (row is not null)
        {
            double held = Rounds.Of(row);
            if (!isVoid)
            {
                (entry.StaleSquared, delay) = _distance.Measure(row);
                double distance = Math.Sqrt(entry.StaleSquared) + held;
                distanceSquared = distance * distance;
                rebased += PartLost(entry, row);
            }

            rebased += _held.LossOf(row, isVoid);
        }

        ticket = new FinalisedTicket(Next, row, isVoid, delay, distanceSquared, rebased, released + _held.NormSum);
        if (row is not null)
        {
            _held.Update(row);
        }

        entry.IsFinalised = true;
        Next++;
        return true;
    }

    private static double PartLost(TicketEntry entry, LedgerRow row)
    {
        double sum = 0;
        for (int shard = 0; shard < row.Slices.Length; shard++)
        {
            sum += entry.Fates[shard] == SliceFate.Applied ? 0 : row.Slices[shard].NormSquared;
        }

        return Math.Sqrt(sum);
    }

    private TicketEntry? Open(long ticket, string what)
    {
        if (ticket < tickets.Tickets)
        {
            return tickets.At(ticket);
        }

        findings.Add(FindingKind.Order, ticket, -1, $"Ticket {ticket} {what}, but only {tickets.Tickets} tickets were given out.");
        return null;
    }

    private void CheckOrder(LedgerRow row)
    {
        for (int shard = 0; shard < row.Slices.Length; shard++)
        {
            ref readonly RowSlice slice = ref row.Slices[shard];
            long end = slice.Exceptions is [.., long last] ? last + 1 : slice.ViewWatermark;
            if (end > row.RoundTicket)
            {
                findings.Add(
                    FindingKind.Order, row.Ticket, shard,
                    $"The view of ticket {row.Ticket} of shard {shard} contains ticket {end - 1}, which is not before its round at " +
                    $"{row.RoundTicket}: its ticket was taken too early.");
            }
        }
    }

    private void Tell(TicketEntry entry, bool[] applied)
    {
        for (int shard = 0; shard < applied.Length; shard++)
        {
            Tell(entry, shard, applied[shard] ? SliceFate.Applied : SliceFate.Void, "its settlement");
        }
    }

    // The first story of a slice stays; a lost slice stays lost, whatever was on its way when the shard died.
    private void Tell(TicketEntry entry, int shard, SliceFate fate, string by)
    {
        ref SliceFate known = ref entry.Fates[shard];
        if (known == SliceFate.Pending)
        {
            known = fate;
        }
        else if (known != fate && known != SliceFate.Lost && fate != SliceFate.Pending)
        {
            findings.Add(
                FindingKind.ExactlyOnce, entry.Ticket, shard,
                $"Ticket {entry.Ticket} is {Word(fate)} in shard {shard} by {by}, but was {Word(known)} before: two stories of one update.");
        }
    }

    private static string Word(SliceFate fate) => fate.ToString().ToLower(CultureInfo.InvariantCulture);
}
