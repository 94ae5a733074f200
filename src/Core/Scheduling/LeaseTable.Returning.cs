namespace OrleansSgd.Core.Scheduling;

/// <content>What comes back: from the dead, from the slow, and slots whose contribution is gone.</content>
public sealed partial class LeaseTable
{
    /// <summary>
    /// Takes a lease back: positions before <paramref name="usedEnd"/> count as used, the rest is given to whoever
    /// asks next.
    /// </summary>
    /// <returns>False when the lease is not held.</returns>
    public bool Return(long id, int usedEnd)
    {
        if (!_held.TryGetValue(id, out Held held))
        {
            return false;
        }

        Lease lease = held.Lease;
        ArgumentOutOfRangeException.ThrowIfLessThan(usedEnd, lease.Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(usedEnd, lease.End);
        Let(id);
        if (usedEnd == lease.End)
        {
            Complete(held);
            return true;
        }

        Account.Used(lease.Epoch, lease.Start, usedEnd);
        Use(lease.Epoch, usedEnd - lease.Start);
        Offer(lease with { Start = usedEnd });
        return true;
    }

    /// <summary>Takes a lease back of which nothing was used, empty ones too: it is given to whoever asks next.</summary>
    /// <returns>False when the lease is not held.</returns>
    public bool Return(long id)
    {
        if (!_held.ContainsKey(id))
        {
            return false;
        }

        Held held = Let(id);
        if (IsFlushOfWorker(held.Lease))
        {
            _isFlushGiven[held.Owner] = false; // the worker's next life owes it
        }
        else
        {
            Offer(held.Lease);
        }

        return true;
    }

    /// <summary>
    /// Takes a lease from its lost worker: what lies behind <paramref name="heldEnd"/> is given to whoever asks next,
    /// the rest stays held, by nobody, until <see cref="Return(long, int)"/> says how much of it was used.
    /// </summary>
    public void Split(long id, int heldEnd)
    {
        Held held = _held[id];
        Lease lease = held.Lease;
        if (heldEnd != lease.End)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(heldEnd, lease.Start);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(heldEnd, lease.End);
        }

        Let(id);
        _held[id] = new Held(lease with { End = heldEnd }, Nobody, held.Worker);
        if (heldEnd < lease.End)
        {
            Offer(lease with { Start = heldEnd });
        }
    }

    /// <summary>
    /// Takes from a slow worker what it has not begun: it keeps its lease up to one batch behind what is used, and the rest is given to whoever
    /// asks next. It learns where its lease ends with the ticket of that batch, so nothing is computed twice.
    /// </summary>
    /// <param name="worker">Who holds the lease.</param>
    /// <param name="usedEnd">One past the last position that has a ticket; the lease's start when none has.</param>
    /// <returns>False when it holds no lease of an epoch of which all is given, or has begun the last batch of it.</returns>
    public bool TryShorten(int worker, int usedEnd)
    {
        if (!_heldBy.TryGetValue(worker, out long id) || _held[id] is not { Lease: { Round: < 0, IsFlush: false } lease } held
            || lease.Epoch >= _epoch)
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(usedEnd, lease.Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(usedEnd, lease.End);
        int end = usedEnd + Math.Min(lease.End - usedEnd, _batch);
        if (end == lease.End)
        {
            return false;
        }

        _held[id] = held with { Lease = lease with { End = end }, IsShortened = true };
        Offer(lease with { Start = end });
        return true;
    }

    /// <summary>
    /// Offers a committed slot again, of one of the two newest rounds: what was pushed for it is gone from a shard. A shard that still
    /// has it ignores the repetition.
    /// </summary>
    /// <param name="round">The round.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="isGone">True when no shard has anything of it.</param>
    /// <returns>Samples offered again; −1 when the slot is not committed.</returns>
    public int ReopenSlot(long round, int slot, bool isGone = false)
    {
        int at = _committed.FindIndex(one => one.Round == round && one.Slot == slot);
        if (at < 0)
        {
            return -1;
        }

        Lease lease = _committed[at];
        _committed.RemoveAt(at);
        if (isGone)
        {
            Account.Undone(lease.Epoch, lease.Start, lease.End);
        }
        else
        {
            Account.Reopened(lease.Epoch, lease.Start, lease.End);
        }

        Use(lease.Epoch, -lease.Length);
        _flushesUsed -= lease.Length == 0 ? 1 : 0;
        CountOpen(lease.Round, 1);
        Offer(lease);
        return lease.Length;
    }
}
