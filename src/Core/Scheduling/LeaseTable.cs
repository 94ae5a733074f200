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
public sealed partial class LeaseTable
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
    private readonly record struct Held(Lease Lease, int Worker, int Owner)
    {
        public bool IsShortened { get; init; }
    }

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
        Account = new SampleAccount(samples, epochs);
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

    /// <summary>How often each sample was used, and why if not once; who knows of losses marks them there.</summary>
    public SampleAccount Account { get; private set; }

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

    /// <summary>
    /// True when an epoch cannot end yet although nothing of it is left to give: what is missing is held. Never in synchronous runs.
    /// </summary>
    public bool IsTail => _slots == 0 && _returned.Count == 0 && EpochsClosed < _epoch;

    /// <summary>Where the samples of a round are, in a synchronous run; an empty range for flushes.</summary>
    public (int Epoch, SampleRange Range) SamplesOf(long round)
    {
        long start = Math.Min(_samples, round % RoundsPerEpoch * _slots * _batch);
        long end = Math.Min(_samples, start + ((long)_slots * _batch));
        return round >= _roundsOfSamples
            ? (_epochs - 1, new SampleRange(_samples, _samples))
            : ((int)(round / RoundsPerEpoch), new SampleRange((int)start, (int)end));
    }

    /// <summary>Grants the next range to a worker that holds none.</summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="mayOpenRound">False to give only what is left of the rounds that are open.</param>
    /// <param name="lease">The lease, when granted.</param>
    /// <param name="batchesMax">Most batches of it, 1 or more; never more than a lease has. Slots are one batch anyway.</param>
    /// <exception cref="InvalidOperationException">The worker still holds a lease.</exception>
    public LeaseVerdict Ask(int worker, bool mayOpenRound, out Lease lease, int batchesMax = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchesMax, 1);
        if (HeldBy(worker) is { } held)
        {
            throw new InvalidOperationException(
                $"Worker {worker} asks for a lease but still holds {held.Id}; commit or return it first.");
        }

        if (!TryTake(worker, mayOpenRound, LengthMax(batchesMax), out lease))
        {
            return IsFinished ? LeaseVerdict.Finished : LeaseVerdict.Wait;
        }

        Hold(lease, worker);
        return LeaseVerdict.Granted;
    }

    /// <inheritdoc cref="Ask(int, bool, out Lease, int)"/>
    public LeaseVerdict Ask(int worker, out Lease lease) => Ask(worker, mayOpenRound: true, out lease);

    /// <summary>The lease a worker holds, if any.</summary>
    public Lease? HeldBy(int worker) => _heldBy.TryGetValue(worker, out long id) ? _held[id].Lease : null;

    /// <summary>Where the lease of a worker ends since it was shortened; 0 when it was not, or there is none.</summary>
    public int ShortenedEndOf(int worker) => _heldBy.TryGetValue(worker, out long id) && _held[id].IsShortened ? _held[id].Lease.End : 0;

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
}
