namespace OrleansSgd.Core.Scheduling;

/// <summary>Hands out every sample of every epoch exactly once, and takes back what a lost worker did not use.</summary>
/// <remarks>
/// <para>Asynchronous runs lease several batches at a time, in the order of the epoch. Synchronous runs lease one batch
/// a slot, and slot j to worker j, so that a worker's residual always meets the same samples. The next round opens when
/// every slot of the present one is committed, so a slot that comes back is always the next thing somebody gets.</para>
/// <para>A pure state machine: equal calls give equal answers. Bounded by the number of workers, since a worker holds
/// at most one lease.</para>
/// </remarks>
public sealed class LeaseTable
{
    private const int Nobody = -1;

    private readonly int _samples;
    private readonly int _epochs;
    private readonly int _leaseLength;
    private readonly int _batch;
    private readonly int _slots;
    private readonly bool[] _isGiven;
    private readonly Dictionary<long, Held> _held = [];

    // The oldest round first: nobody can use a slot of a later one before it is complete.
    private readonly PriorityQueue<Lease, (long Round, long Id)> _returned = new();
    private readonly long[] _used;
    private long _nextId;
    private int _epoch;
    private int _position;
    private long _round = -1;
    private int _roundEpoch;
    private int _roundStart;
    private int _slotsOpen;
    private int _slotCount;

    // Who committed which slot of the two newest rounds: a shard that dies may take their contributions with it.
    private readonly List<Held> _committed = [];

    private readonly record struct Held(Lease Lease, int Worker);

    private LeaseTable(int samples, int epochs, int batch, int leaseLength, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        _samples = samples;
        _epochs = epochs;
        _batch = batch;
        _leaseLength = leaseLength;
        _slots = slots;
        _isGiven = new bool[slots];
        _used = new long[epochs];
    }

    /// <summary>Leases of several batches, given out without waiting.</summary>
    public static LeaseTable Asynchronous(int samples, int epochs, int batch, int batchesPerLease)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerLease, 1);
        return new(samples, epochs, batch, (int)Math.Min(samples, (long)batch * batchesPerLease), slots: 0);
    }

    /// <summary>Leases of one batch; <paramref name="slots"/> of them make a round (fewer at the end of an epoch).</summary>
    public static LeaseTable Synchronous(int samples, int epochs, int batch, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return new(samples, epochs, batch, batch, slots);
    }

    /// <summary>Epochs of which every sample is committed, counted from the first without a gap.</summary>
    public int EpochsClosed { get; private set; }

    /// <summary>Samples committed in all epochs.</summary>
    public long SamplesUsed { get; private set; }

    /// <summary>True when every sample of the run is committed.</summary>
    public bool IsFinished => EpochsClosed == _epochs;

    /// <summary>Rounds opened so far; 0 in asynchronous runs.</summary>
    public long RoundsOpened => _round + 1;

    /// <summary>Contributions of a round of a synchronous run: one a slot, fewer in the last round of an epoch.</summary>
    public int SlotsOf(long round)
    {
        int batches = (int)(((long)_samples + _batch - 1) / _batch);
        int roundsPerEpoch = (batches + _slots - 1) / _slots;
        return Math.Min(_slots, batches - (int)(round % roundsPerEpoch * _slots));
    }

    /// <summary>Grants the next range to a worker that holds none.</summary>
    /// <exception cref="InvalidOperationException">The worker still holds a lease.</exception>
    public LeaseVerdict Ask(int worker, out Lease lease)
    {
        if (HeldBy(worker) is { } held)
        {
            throw new InvalidOperationException(
                $"Worker {worker} asks for a lease but still holds {held.Id}; commit or return it first.");
        }

        if (!TryTake(worker, out lease))
        {
            return IsFinished ? LeaseVerdict.Finished : LeaseVerdict.Wait;
        }

        _held[lease.Id] = new Held(lease, worker);
        return LeaseVerdict.Granted;
    }

    /// <summary>The lease a worker holds, if any.</summary>
    public Lease? HeldBy(int worker)
    {
        foreach (Held held in _held.Values)
        {
            if (held.Worker == worker)
            {
                return held.Lease;
            }
        }

        return null;
    }

    /// <summary>Records that the whole lease was used; false when the worker does not hold it (any more).</summary>
    public bool Commit(long id, int worker)
    {
        if (!_held.TryGetValue(id, out Held held) || held.Worker != worker)
        {
            return false;
        }

        _held.Remove(id);
        Use(held.Lease.Epoch, held.Lease.Length);
        if (held.Lease.Round >= 0)
        {
            CommitSlot(held);
        }

        return true;
    }

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
        _held.Remove(id);
        Use(lease.Epoch, usedEnd - lease.Start);
        if (usedEnd < lease.End)
        {
            Offer(lease with { Start = usedEnd });
        }
        else if (lease.Round >= 0)
        {
            CommitSlot(held);
        }

        return true;
    }

    /// <summary>
    /// Takes a lease from its lost worker: what lies behind <paramref name="heldEnd"/> is given to whoever asks next,
    /// the rest stays held, by nobody, until <see cref="Return"/> says how much of it was used.
    /// </summary>
    public void Split(long id, int heldEnd)
    {
        Lease lease = _held[id].Lease;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(heldEnd, lease.Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heldEnd, lease.End);
        _held[id] = new Held(lease with { End = heldEnd }, Nobody);
        if (heldEnd < lease.End)
        {
            Offer(lease with { Start = heldEnd });
        }
    }

    /// <summary>
    /// Offers the committed slots of a lost worker again, for rounds at or after <paramref name="roundMin"/>: what it
    /// pushed may be gone, and a shard that still has it ignores the repetition.
    /// </summary>
    /// <returns>Samples offered again.</returns>
    public int ReopenSlots(int worker, long roundMin)
    {
        int samples = 0;
        for (int i = _committed.Count - 1; i >= 0; i--)
        {
            Held held = _committed[i];
            if (held.Worker == worker && held.Lease.Round >= roundMin)
            {
                _committed.RemoveAt(i);
                Use(held.Lease.Epoch, -held.Lease.Length);
                samples += held.Lease.Length;
                _slotsOpen += held.Lease.Round == _round ? 1 : 0;
                Offer(held.Lease);
            }
        }

        return samples;
    }

    private void Offer(Lease lease)
    {
        lease = lease with { Id = _nextId++ };
        _returned.Enqueue(lease, (lease.Round, lease.Id));
    }

    private bool TryTake(int worker, out Lease lease)
    {
        if (_returned.TryDequeue(out lease, out _))
        {
            return true;
        }

        return _slots > 0 ? TryTakeSlot(worker, out lease) : TryTakeRange(out lease);
    }

    private bool TryTakeRange(out Lease lease)
    {
        lease = default;
        if (_epoch == _epochs)
        {
            return false;
        }

        int end = _position + Math.Min(_samples - _position, _leaseLength);
        lease = new Lease(_nextId++, _epoch, _position, end, -1, 0, 1);
        MoveTo(end);
        return true;
    }

    private bool TryTakeSlot(int worker, out Lease lease)
    {
        lease = default;
        if (_slotsOpen == 0 && _epoch < _epochs)
        {
            OpenRound();
        }

        if (_slotsOpen == 0 || worker >= _slotCount || _isGiven[worker])
        {
            return false;
        }

        _isGiven[worker] = true;
        int start = _roundStart + (worker * _batch);
        lease = new Lease(
            _nextId++, _roundEpoch, start, start + Math.Min(_samples - start, _batch), _round, worker, _slotCount);
        return true;
    }

    private void OpenRound()
    {
        _round++;
        _slotCount = _slotsOpen = SlotsOf(_round);
        (_roundEpoch, _roundStart) = (_epoch, _position);
        Array.Clear(_isGiven);
        _committed.RemoveAll(slot => slot.Lease.Round < _round - 1);
        MoveTo(_position + (int)Math.Min(_samples - _position, (long)_slotCount * _batch));
    }

    private void CommitSlot(Held held)
    {
        _committed.Add(held);
        _slotsOpen -= held.Lease.Round == _round ? 1 : 0;
    }

    private void MoveTo(int position)
    {
        _position = position;
        if (_position == _samples)
        {
            _position = 0;
            _epoch++;
        }
    }

    private void Use(int epoch, int samples)
    {
        _used[epoch] += samples;
        SamplesUsed += samples;
        EpochsClosed = Math.Min(EpochsClosed, epoch);
        while (EpochsClosed < _epochs && _used[EpochsClosed] == _samples)
        {
            EpochsClosed++;
        }
    }
}
