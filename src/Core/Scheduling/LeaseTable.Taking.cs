namespace OrleansSgd.Core.Scheduling;

/// <content>What is given next: what came back first, then slots of rounds or ranges of the epoch, then flushes.</content>
public sealed partial class LeaseTable
{
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
        Account.Used(held.Lease.Epoch, held.Lease.Start, held.Lease.End);
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

    private int LengthMax(int batchesMax) => (int)Math.Min(_leaseLength, (long)_batch * batchesMax);

    private bool TryTake(int worker, bool mayOpenRound, int lengthMax, out Lease lease)
    {
        // Where rounds overlap the own slot comes first: everybody may be waiting for its ticket.
        if (_isOverlapping && TryTakeSlot(worker, mayOpenRound: false, out lease))
        {
            return true;
        }

        if (_returned.TryDequeue(out lease, out _))
        {
            if (lease.Length > lengthMax)
            {
                Offer(lease with { Start = lease.Start + lengthMax });
                lease = lease with { End = lease.Start + lengthMax };
            }

            return true;
        }

        return _slots > 0 ? TryTakeSlot(worker, mayOpenRound, out lease) : TryTakeRange(worker, lengthMax, out lease);
    }

    private bool TryTakeRange(int worker, int lengthMax, out Lease lease)
    {
        lease = default;
        if (_epoch == _epochs)
        {
            return TryTakeFlush(worker, out lease);
        }

        int end = _position + Math.Min(_samples - _position, lengthMax);
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
