using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>One ticket in the ring; its buffers outlive the ticket.</summary>
internal sealed class LedgerEntry
{
    /// <summary>The ticket that is here; −1 for none.</summary>
    public long Ticket { get; set; } = -1;

    /// <summary>False when nothing but the end of some slices is known yet.</summary>
    public bool HasRecord { get; set; }

    /// <summary>Slices whose end is not known.</summary>
    public int PendingCount { get; set; }

    /// <summary>True when a slice was lost before its record came: views may contain it, so its size must be known, or that there was none.</summary>
    public bool AwaitsRecord { get; set; }

    public TicketRecord Record { get; } = new();

    public bool IsVoid
    {
        get
        {
            foreach (ref readonly SliceRecord slice in Record.Slices)
            {
                if (slice.State != SliceState.Tombstoned)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Open(long ticket, int shardCount)
    {
        Ticket = ticket;
        HasRecord = false;
        AwaitsRecord = false;
        PendingCount = shardCount;
        Record.Begin(shardCount);
        Record.Ticket = ticket;
        Record.RoundTicket = ticket;
    }

    /// <summary>True when the record tells of the same life of the same worker.</summary>
    public bool IsOf(TicketRecord record) => Record.Worker == record.Worker && Record.Incarnation == record.Incarnation;

    /// <summary>Takes over a record, keeping what is known of slices that it calls pending.</summary>
    public void Fill(TicketRecord record, Span<SliceState> known)
    {
        for (int shard = 0; shard < known.Length; shard++)
        {
            known[shard] = Record.Slices[shard].State;
        }

        Record.CopyFrom(record);
        HasRecord = true;
        for (int shard = 0; shard < known.Length; shard++)
        {
            if (known[shard] != SliceState.Pending)
            {
                Record.Slices[shard].State = known[shard];
            }
        }

        CountPending();
    }

    /// <summary>False when the record says of a slice the opposite of what is known; what was lost since may well have been applied.</summary>
    public bool AgreesWith(TicketRecord record, LostSlices lost)
    {
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            SliceState known = Record.Slices[shard].State;
            SliceState said = record.Slices[shard].State;
            bool isLost = known == SliceState.Tombstoned && lost.Contains(record.Ticket, shard);
            if (known != SliceState.Pending && said != SliceState.Pending && known != said && !isLost)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Settles a slice that is pending; false when it was settled otherwise.</summary>
    public bool Settle(int shard, SliceState state)
    {
        ref SliceRecord slice = ref Record.Slices[shard];
        AwaitsRecord &= state != SliceState.Tombstoned; // nothing of it will come
        if (slice.State == SliceState.Pending)
        {
            slice.State = state;
            PendingCount--;
        }

        return slice.State == state;
    }

    private void CountPending()
    {
        PendingCount = 0;
        foreach (ref readonly SliceRecord slice in Record.Slices)
        {
            PendingCount += slice.State == SliceState.Pending ? 1 : 0;
        }
    }
}
