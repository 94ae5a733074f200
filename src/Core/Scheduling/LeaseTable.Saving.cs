namespace OrleansSgd.Core.Scheduling;

/// <content>The table as plain values, and back.</content>
public sealed partial class LeaseTable
{
    /// <summary>The table as it is once all who hold a lease have given back what they have not used. This one stays as it is.</summary>
    /// <param name="usedEnd">
    /// For the name of a lease that is held, one past the last position whose update is in x; −1 when there is none. For a flush, its end when it
    /// is in x.
    /// </param>
    public LeaseTableState Save(Func<long, int> usedEnd)
    {
        ArgumentNullException.ThrowIfNull(usedEnd);
        LeaseTable quiet = Restore(State());
        foreach ((long id, Held held) in _held.OrderBy(held => held.Key))
        {
            quiet._held.Add(id, held with { Worker = Nobody });
            int end = usedEnd(id);
            if (end < 0 || (end == held.Lease.Start && !held.Lease.IsFlush))
            {
                quiet.Return(id);
            }
            else
            {
                quiet.Return(id, end);
            }
        }

        return quiet.State();
    }

    /// <summary>A table that goes on where another was saved. Nobody holds a lease.</summary>
    /// <exception cref="ArgumentException">The state contradicts itself; the message says where.</exception>
    public static LeaseTable Restore(LeaseTableState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Mistake(state) is { } mistake)
        {
            throw new ArgumentException($"The saved leases are not those of a run: {mistake}.", nameof(state));
        }

        var table = new LeaseTable(state.Samples, state.Epochs, state.Batch, state.LeaseLength, state.Slots, state.Flushes)
        {
            Account = new SampleAccount(state.Samples, state.Epochs, state.Account, state.Used),
            EpochsClosed = state.EpochsClosed,
            SamplesUsed = state.SamplesUsed,
            _quorum = state.Quorum,
            _isOverlapping = state.IsOverlapping,
            _nextId = state.NextId,
            _epoch = state.Epoch,
            _position = state.Position,
            _round = state.Round,
            _roundEpoch = state.RoundEpoch,
            _roundStart = state.RoundStart,
            _slotCount = state.SlotCount,
            _slotsOpen = state.SlotsOpen,
            _slotsOpenBefore = state.SlotsOpenBefore,
            _flushesUsed = state.FlushesUsed,
        };
        state.IsGiven.CopyTo(table._isGiven, 0);
        state.IsFlushGiven.CopyTo(table._isFlushGiven, 0);
        state.Used.CopyTo(table._used, 0);
        table._returned.EnqueueRange(state.Returned.Select(lease => (lease, (lease.Round, lease.Id))));
        table._committed.AddRange(state.Committed);
        return table;
    }

    private LeaseTableState State() => new()
    {
        Samples = _samples,
        Epochs = _epochs,
        Batch = _batch,
        LeaseLength = _leaseLength,
        Slots = _slots,
        Flushes = _flushes,
        Quorum = _quorum,
        IsOverlapping = _isOverlapping,
        NextId = _nextId,
        Epoch = _epoch,
        Position = _position,
        Round = _round,
        RoundEpoch = _roundEpoch,
        RoundStart = _roundStart,
        SlotCount = _slotCount,
        SlotsOpen = _slotsOpen,
        SlotsOpenBefore = _slotsOpenBefore,
        FlushesUsed = _flushesUsed,
        EpochsClosed = EpochsClosed,
        SamplesUsed = SamplesUsed,
        IsGiven = [.. _isGiven],
        IsFlushGiven = [.. _isFlushGiven],
        Used = [.. _used],
        Returned = [.. _returned.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)],
        Committed = [.. _committed],
        Account = Account.Save(),
    };

    private static string? Mistake(LeaseTableState state)
    {
        bool hasShape = state.Samples > 0 && state.Epochs > 0 && state.Batch > 0 && state.LeaseLength > 0 && state.Slots >= 0
            && state.Flushes >= 0 && state.Quorum is >= 0 and <= 1;
        bool hasLengths = hasShape && state.IsGiven.Length == state.Slots && state.Used.Length == state.Epochs
            && state.IsFlushGiven.Length == (state.Slots == 0 ? state.Flushes : 0);
        return !hasShape ? "samples, epochs, batch and lease length are 1 or more, the quorum is 0 to 1"
            : !hasLengths ? "a list has another length than there are slots, flushes or epochs"
            : state.Epoch < 0 || state.Epoch > state.Epochs || state.Position < 0 || state.Position >= state.Samples
                ? $"position {state.Position} of epoch {state.Epoch} is outside of {state.Epochs} epochs of {state.Samples} samples"
            : state.SlotCount < 0 || state.SlotCount > state.Slots ? $"round {state.Round} has {state.SlotCount} of {state.Slots} slots"
            : state.Used.Sum() != state.SamplesUsed || state.Used.Any(used => used < 0 || used > state.Samples)
                ? $"{state.SamplesUsed} samples are used in all, but not epoch by epoch"
            : null;
    }
}
