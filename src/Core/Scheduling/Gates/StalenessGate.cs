using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Stale-synchronous: a worker may begin a step while its clock is at most s ahead of the slowest one's.</summary>
/// <remarks>
/// <para>A worker's clock counts its closed steps. So a view that is pulled at clock c contains every update of every
/// live worker's clocks below c − s, and each other worker can add at most 2s + 1 that it lacks: τ ≤ (2s + 1)(p − 1).</para>
/// <para>Live is who has begun a step and has not left. Who begins again after it left starts at the slowest clock, or
/// at its own where that is ahead: leaving buys no steps. With s = 0 the live workers step together.</para>
/// <para>Live clocks lie between the slowest and s + 1 more, so a ring of s + 2 counters finds the slowest in O(1).</para>
/// </remarks>
public sealed class StalenessGate : IStepGate
{
    private const long NoTicket = -1;

    private readonly long[] _clocks;
    private readonly bool[] _isLive;
    private readonly long[] _open;
    private readonly int[] _liveAt;
    private readonly int _boundMax;
    private int _liveCount;
    private int _bound;

    /// <param name="workers">p; 1 to 10 000.</param>
    /// <param name="bound">s to begin with.</param>
    /// <param name="boundMax">Largest s it will be set to.</param>
    public StalenessGate(int workers, int bound, int boundMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, RunPlan.MembersMax);
        ArgumentOutOfRangeException.ThrowIfNegative(boundMax);
        _clocks = new long[workers];
        _isLive = new bool[workers];
        _open = new long[workers];
        Array.Fill(_open, NoTicket);
        _boundMax = boundMax;
        _liveAt = new int[boundMax + 2];
        StepsAheadMax = bound;
    }

    /// <param name="workers">p; 1 to 10 000.</param>
    /// <param name="bound">s, 0 or more.</param>
    public StalenessGate(int workers, int bound)
        : this(workers, bound, bound)
    {
    }

    /// <summary>s. Lowering it stops nobody who has begun; those too far ahead wait until the others have caught up.</summary>
    public int StepsAheadMax
    {
        get => _bound;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _boundMax);
            _bound = value;
        }
    }

    /// <summary>Workers that have begun a step and not left.</summary>
    public int LiveCount => _liveCount;

    /// <summary>Clock of the slowest live worker; never goes back.</summary>
    public long ClockMin { get; private set; }

    /// <summary>The clock at which the worker begins its next step.</summary>
    public long ClockOf(int worker) => _isLive[worker] ? _clocks[worker] : Math.Max(_clocks[worker], ClockMin);

    /// <inheritdoc/>
    public bool MayBegin(int worker) => _liveCount == 0 || ClockOf(worker) - ClockMin <= _bound;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The worker is further ahead than the bound ever allows. Nothing changed.</exception>
    public void Began(int worker)
    {
        if (_isLive[worker])
        {
            RefuseAhead(worker);
            return;
        }

        if (_liveCount == 0)
        {
            ClockMin = ClockOf(worker);
        }

        RefuseAhead(worker);
        _clocks[worker] = ClockOf(worker);
        _isLive[worker] = true;
        _liveCount++;
        _liveAt[Slot(_clocks[worker])]++;
    }

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm) => _open[worker] = ticket;

    /// <inheritdoc/>
    public void Closed(int worker, long ticket)
    {
        // A ticket of an earlier life moves no clock: that life's is gone.
        if (_open[worker] != ticket)
        {
            return;
        }

        _open[worker] = NoTicket;
        _liveAt[Slot(_clocks[worker])]--;
        _clocks[worker]++;
        _liveAt[Slot(_clocks[worker])]++;
        FindSlowest();
    }

    /// <inheritdoc/>
    public void Left(int worker)
    {
        _open[worker] = NoTicket;
        if (!_isLive[worker])
        {
            return;
        }

        _isLive[worker] = false;
        _liveCount--;
        _liveAt[Slot(_clocks[worker])]--;
        FindSlowest();
    }

    private void FindSlowest()
    {
        while (_liveCount > 0 && _liveAt[Slot(ClockMin)] == 0)
        {
            ClockMin++;
        }
    }

    private int Slot(long clock) => (int)(clock % _liveAt.Length);

    private void RefuseAhead(int worker)
    {
        if (ClockOf(worker) - ClockMin > _boundMax)
        {
            throw new InvalidOperationException(
                $"Worker {worker} began step {ClockOf(worker)} with the slowest at {ClockMin}, but the bound is {_boundMax}; ask MayBegin first.");
        }
    }
}
