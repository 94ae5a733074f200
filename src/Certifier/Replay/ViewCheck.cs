using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>Holds the view of one slice against the log of the shard that served it.</summary>
internal static class ViewCheck
{
    /// <summary>Checks one slice of a row's view; every ticket before the row's round is finalised.</summary>
    public static void Run(LedgerRow row, int shard, ShardHistory history, TicketWindow tickets, FindingList findings)
    {
        ref readonly RowSlice slice = ref row.Slices[shard];
        if (history.LifeOf(slice.ViewIncarnation) is not { } life)
        {
            if (history.MayBeElsewhere(slice.ViewIncarnation))
            {
                history.Uncheck();
                return;
            }

            findings.Add(
                FindingKind.View, row.Ticket, shard,
                $"The view of ticket {row.Ticket} is of incarnation {slice.ViewIncarnation} of shard {shard}, which has neither a log nor a restore.");
            return;
        }

        life.ReadTo(slice.ViewVersion);
        if (life.Version < slice.ViewVersion)
        {
            if (life.IsWhole)
            {
                findings.Add(
                    FindingKind.View, row.Ticket, shard,
                    $"The view of ticket {row.Ticket} is of version {slice.ViewVersion} of shard {shard}, but that life ended at version {life.Version}.");
            }
            else
            {
                history.Uncheck();
            }

            return;
        }

        if (slice.ViewVersion < life.VersionStart)
        {
            findings.Add(
                FindingKind.View, row.Ticket, shard,
                $"The view of ticket {row.Ticket} is of version {slice.ViewVersion} of shard {shard}, but that life began at version {life.VersionStart}.");
            return;
        }

        long claimed = FirstClaimed(life, slice, tickets);
        if (claimed >= 0)
        {
            findings.Add(
                FindingKind.View, row.Ticket, shard,
                $"The view of ticket {row.Ticket} claims ticket {claimed} of shard {shard}, which was not applied there by version " +
                $"{slice.ViewVersion}: its delay is under-reported.");
            return;
        }

        long lacked = FirstLacked(life, slice, tickets);
        if (lacked >= 0)
        {
            findings.Add(
                FindingKind.View, row.Ticket, shard,
                $"The view of ticket {row.Ticket} lacks ticket {lacked} of shard {shard}, which was applied there by version {slice.ViewVersion}.");
        }
    }

    private static long FirstClaimed(ShardLife life, in RowSlice slice, TicketWindow tickets)
    {
        long missing = life.FirstMissingBelow(slice.ViewWatermark, slice.ViewVersion);
        if (missing >= 0)
        {
            return missing;
        }

        foreach (long ticket in slice.Exceptions)
        {
            bool isApplied = tickets.Find(ticket)?.IsAppliedIn(life.Shard, life.Incarnation) ?? false;
            if (isApplied && !life.Has(ticket, slice.ViewVersion))
            {
                return ticket;
            }
        }

        return -1;
    }

    // All it claims is there, so that it lacks something exactly when the counts differ; then it is looked for.
    private static long FirstLacked(ShardLife life, in RowSlice slice, TicketWindow tickets)
    {
        long start = Math.Max(slice.ViewWatermark, life.Start);
        long count = life.CountBelow(slice.ViewWatermark);
        foreach (long ticket in slice.Exceptions)
        {
            count += ticket >= life.Start && life.Has(ticket, slice.ViewVersion) ? 1 : 0;
        }

        bool isShort = slice.ViewWatermark < life.Start || count < life.CountAt(slice.ViewVersion);
        for (long ticket = slice.ViewWatermark; isShort && ticket < Math.Max(start, life.TicketEnd); ticket++)
        {
            bool isHad = ticket < life.Start
                ? tickets.Find(ticket)?.IsAppliedIn(life.Shard, life.Incarnation) ?? false
                : life.Has(ticket, slice.ViewVersion);
            if (isHad && Array.BinarySearch(slice.Exceptions, ticket) < 0)
            {
                return ticket;
            }
        }

        return -1;
    }
}
