namespace OrleansSgd.Core.Scheduling;

/// <summary>Hands out every sample of every epoch exactly once, and takes back what a lost worker did not use.</summary>
/// <remarks>
/// <para>Asynchronous runs lease several batches at a time, in the order of the epoch. Synchronous runs lease one batch
/// a slot, and slot j to worker j, so that a worker's residual always meets the same samples. The next round opens when
/// every slot of the present one is committed, so a slot that comes back is always the next thing somebody gets; rounds
/// that overlap open when a quorum of the present one and all of the one before are committed.</para>
/// <para>After the last sample come flushes, where they are wanted: an empty lease for every worker, or a round of them.</para>
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
    private readonly bool[] _isFlushGiven;
    private readonly long _roundsOfSamples;
    private readonly int _flushes;
    private readonly Dictionary<long, Held> _held = [];
    private readonly Dictionary<int, long> _heldBy = [];

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
    private int _slotsOpenBefore;
    private int _slotCount;
    private int _flushesUsed;
    private double _quorum = 1;
    private bool _isOverlapping;

    // The committed slots of the two newest rounds: a shard that dies may take their contributions with it.
    private readonly List<Lease> _committed = [];

    // Owner: who was granted it, although nobody may hold it by now.
    private readonly record struct Held(Lease Lease, int Worker, int Owner);

    private LeaseTable(int samples, int epochs, int batch, int leaseLength, int slots, int flushes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(flushes);
        _samples = samples;
        _epochs = epochs;
        _batch = batch;
        _leaseLength = leaseLength;
        _slots = slots;
        _flushes = flushes;
        _isGiven = new bool[slots];
        _isFlushGiven = new bool[slots == 0 ? flushes : 0];
        _used = new long[epochs];
        _roundsOfSamples = slots == 0 ? 0 : (long)epochs * RoundsPerEpoch;
    }

    /// <summary>Leases of several batches, given out without waiting.</summary>
    /// <param name="samples">Samples of an epoch.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="batch">Samples of one step.</param>
    /// <param name="batchesPerLease">Steps of one lease.</param>
    /// <param name="flushes">Workers that flush after the last sample; 0 for none.</param>
    public static LeaseTable Asynchronous(int samples, int epochs, int batch, int batchesPerLease, int flushes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesPerLease, 1);
        return new(samples, epochs, batch, (int)Math.Min(samples, (long)batch * batchesPerLease), slots: 0, flushes);
    }

    /// <summary>Leases of one batch; <paramref name="slots"/> of them make a round (fewer at the end of an epoch).</summary>
    /// <param name="samples">Samples of an epoch.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="batch">Samples of one slot.</param>
    /// <param name="slots">Slots of a round.</param>
    /// <param name="isFlushed">Whether a round of flushes follows the last sample.</param>
    public static LeaseTable Synchronous(int samples, int epochs, int batch, int slots, bool isFlushed = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return new(samples, epochs, batch, batch, slots, isFlushed ? slots : 0);
    }

    /// <summary>As <see cref="Synchronous"/>, but a round opens once a part of the one before is committed, and all of the one before that.</summary>
    /// <param name="samples">Samples of an epoch.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="batch">Samples of one slot.</param>
    /// <param name="slots">Slots of a round.</param>
    /// <param name="quorum">Part of a round that must be committed; 0 to 1.</param>
    /// <param name="isFlushed">Whether a round of flushes follows the last sample.</param>
    public static LeaseTable Overlapping(int samples, int epochs, int batch, int slots, double quorum, bool isFlushed = false)
    {
        if (!(quorum >= 0 && quorum <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quorum), quorum, "A quorum is 0 to 1.");
        }

        LeaseTable table = Synchronous(samples, epochs, batch, slots, isFlushed);
        table._quorum = quorum;
        table._isOverlapping = true;
        return table;
    }

    /// <summary>Epochs of which every sample is committed, counted from the first without a gap.</summary>
    public int EpochsClosed { get; private set; }

    /// <summary>Samples committed in all epochs.</summary>
    public long SamplesUsed { get; private set; }

    /// <summary>True when every sample of the run is committed, and every flush.</summary>
    public bool IsFinished => AreSamplesUsed && _flushesUsed == _flushes;

    /// <summary>True while flushes are all that is left to give.</summary>
    public bool IsFlushing => AreSamplesUsed && !IsFinished;

    /// <summary>True when every slot of every opened round is committed; always in asynchronous runs without a lease.</summary>
    public bool IsBetweenRounds => _slotsOpen == 0 && _slotsOpenBefore == 0 && _held.Count == 0 && _returned.Count == 0;

    /// <summary>Rounds opened so far; 0 in asynchronous runs.</summary>
    public long RoundsOpened => _round + 1;

    /// <summary>Contributions of a round of a synchronous run: one a slot, fewer in the last round of an epoch.</summary>
    public int SlotsOf(long round) => round >= _roundsOfSamples
        ? _slots
        : Math.Min(_slots, Batches - (int)(round % RoundsPerEpoch * _slots));

    /// <summary>Grants the next range to a worker that holds none.</summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="mayOpenRound">False to give only what is left of the rounds that are open.</param>
    /// <param name="lease">The lease, when granted.</param>
    /// <exception cref="InvalidOperationException">The worker still holds a lease.</exception>
    public LeaseVerdict Ask(int worker, bool mayOpenRound, out Lease lease)
    {
        if (HeldBy(worker) is { } held)
        {
            throw new InvalidOperationException(
                $"Worker {worker} asks for a lease but still holds {held.Id}; commit or return it first.");
        }

        if (!TryTake(worker, mayOpenRound, out lease))
        {
            return IsFinished ? LeaseVerdict.Finished : LeaseVerdict.Wait;
        }

        Hold(lease, worker);
        return LeaseVerdict.Granted;
    }

    /// <inheritdoc cref="Ask(int, bool, out Lease)"/>
    public LeaseVerdict Ask(int worker, out Lease lease) => Ask(worker, mayOpenRound: true, out lease);

    /// <summary>The lease a worker holds, if any.</summary>
    public Lease? HeldBy(int worker) => _heldBy.TryGetValue(worker, out long id) ? _held[id].Lease : null;

    /// <summary>True when a slot of an earlier round was handed back and waits for somebody.</summary>
    public bool HasEarlier(long round) => _returned.TryPeek(out Lease first, out _) && first.Round < round;

    /// <summary>Gives the lease of a worker another name, so that nothing that was asked under the old one counts any more.</summary>
    public Lease Renew(long id)
    {
        Held held = Let(id);
        Lease lease = held.Lease with { Id = _nextId++ };
        Hold(lease, held.Worker);
        return lease;
    }

    /// <summary>Records that the whole lease was used; false when the worker does not hold it (any more).</summary>
    public bool Commit(long id, int worker)
    {
        if (!_held.TryGetValue(id, out Held held) || held.Worker != worker)
        {
            return false;
        }

        Let(id);
        Complete(held);
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
        Let(id);
        if (usedEnd == lease.End)
        {
            Complete(held);
            return true;
        }

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
    /// Offers a committed slot again, of one of the two newest rounds: what was pushed for it is gone from a shard. A shard that still
    /// has it ignores the repetition.
    /// </summary>
    /// <returns>Samples offered again; −1 when the slot is not committed.</returns>
    public int ReopenSlot(long round, int slot)
    {
        int at = _committed.FindIndex(one => one.Round == round && one.Slot == slot);
        if (at < 0)
        {
            return -1;
        }

        Lease lease = _committed[at];
        _committed.RemoveAt(at);
        Use(lease.Epoch, -lease.Length);
        _flushesUsed -= lease.Length == 0 ? 1 : 0;
        CountOpen(lease.Round, 1);
        Offer(lease);
        return lease.Length;
    }

    private int Batches => (int)(((long)_samples + _batch - 1) / _batch);

    private int RoundsPerEpoch => (Batches + _slots - 1) / _slots;

    private bool AreSamplesUsed => EpochsClosed == _epochs;

    private void Hold(in Lease lease, int worker)
    {
        _held[lease.Id] = new Held(lease, worker, worker);
        _heldBy[worker] = lease.Id;
    }

    private Held Let(long id)
    {
        Held held = _held[id];
        _held.Remove(id);
        if (held.Worker != Nobody)
        {
            _heldBy.Remove(held.Worker);
        }

        return held;
    }

    private static bool IsFlushOfWorker(in Lease lease) => lease.Length == 0 && lease.Round < 0;

    private void Complete(in Held held)
    {
        Use(held.Lease.Epoch, held.Lease.Length);
        _flushesUsed += held.Lease.Length == 0 ? 1 : 0;
        if (held.Lease.Round >= 0)
        {
            _committed.Add(held.Lease);
            CountOpen(held.Lease.Round, -1);
        }
    }

    private void CountOpen(long round, int change)
    {
        _slotsOpen += round == _round ? change : 0;
        _slotsOpenBefore += round == _round - 1 ? change : 0;
    }

    private void Offer(Lease lease)
    {
        lease = lease with { Id = _nextId++ };
        _returned.Enqueue(lease, (lease.Round, lease.Id));
    }

    private bool TryTake(int worker, bool mayOpenRound, out Lease lease)
    {
        // Where rounds overlap the own slot comes first: everybody may be waiting for its ticket.
        if (_isOverlapping && TryTakeSlot(worker, mayOpenRound: false, out lease))
        {
            return true;
        }

        if (_returned.TryDequeue(out lease, out _))
        {
            return true;
        }

        return _slots > 0 ? TryTakeSlot(worker, mayOpenRound, out lease) : TryTakeRange(worker, out lease);
    }

    private bool TryTakeRange(int worker, out Lease lease)
    {
        lease = default;
        if (_epoch == _epochs)
        {
            return TryTakeFlush(worker, out lease);
        }

        int end = _position + Math.Min(_samples - _position, _leaseLength);
        lease = new Lease(_nextId++, _epoch, _position, end, -1, 0, 1);
        MoveTo(end);
        return true;
    }

    // Not before all samples are committed: one that comes back would fill the residual again.
    private bool TryTakeFlush(int worker, out Lease lease)
    {
        lease = default;
        if (!AreSamplesUsed || worker >= _flushes || _isFlushGiven[worker])
        {
            return false;
        }

        _isFlushGiven[worker] = true;
        lease = new Lease(_nextId++, _epochs - 1, _samples, _samples, -1, 0, 1);
        return true;
    }

    private bool TryTakeSlot(int worker, bool mayOpenRound, out Lease lease)
    {
        lease = default;
        if (mayOpenRound && IsRoundDue)
        {
            OpenRound();
        }

        if (_slotsOpen == 0 || worker >= _slotCount || _isGiven[worker])
        {
            return false;
        }

        _isGiven[worker] = true;
        int start = (int)Math.Min(_samples, _roundStart + ((long)worker * _batch));
        lease = new Lease(
            _nextId++, _roundEpoch, start, start + Math.Min(_samples - start, _batch), _round, worker, _slotCount);
        return true;
    }

    // Flushes wait for every sample, as they do without rounds.
    private bool IsRoundDue => RoundsOpened < _roundsOfSamples + (_flushes > 0 ? 1 : 0)
        && (_slotsOpen == 0 || RoundsOpened < _roundsOfSamples)
        && _slotsOpenBefore == 0
        && _slotCount - _slotsOpen >= Math.Ceiling(_quorum * _slotCount)
        && !_isGiven.AsSpan(0, _slotCount).Contains(false);

    private void OpenRound()
    {
        _round++;
        _slotsOpenBefore = _slotsOpen;
        _slotCount = _slotsOpen = SlotsOf(_round);
        bool isFlush = _round >= _roundsOfSamples;
        (_roundEpoch, _roundStart) = isFlush ? (_epochs - 1, _samples) : (_epoch, _position);
        Array.Clear(_isGiven);
        _committed.RemoveAll(slot => slot.Round < _round - 1);
        if (!isFlush)
        {
            MoveTo(_position + (int)Math.Min(_samples - _position, (long)_slotCount * _batch));
        }
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
