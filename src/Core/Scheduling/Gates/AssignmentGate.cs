using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Jobs are handed to workers by a draw and queue up at busy ones, so that fast workers take no larger part than slow ones.</summary>
/// <remarks>
/// <para>The random and shuffled assignments of AsGrad; the pure one, where whoever is free takes the next job, needs no
/// gate. A worker brings one job when it first asks, and each closed step makes one more, for whom the draw says. So the
/// number of jobs stays: waiting, computed or with an open ticket.</para>
/// <para>Jobs of a worker that leaves are dealt out again. A worker without a job has left the gate inside, where it
/// would otherwise be waited for. What the gate inside forbids, a job does not allow.</para>
/// </remarks>
public sealed class AssignmentGate : IStepGate
{
    private const long NoTicket = -1;
    private const ulong Stream = 0x6A6F_6273;

    private readonly WorkerDraw _draw;
    private readonly int[] _waiting;
    private readonly bool[] _hasCome;
    private readonly bool[] _isComputing;
    private readonly long[] _ticket;
    private readonly HashSet<long> _open = [];
    private int _homeless;

    /// <param name="inner">What else must allow a step.</param>
    /// <param name="workers">p; 1 to 10 000.</param>
    /// <param name="isShuffled">Everybody in turn, the turns shuffled anew each time; otherwise anybody with equal chance.</param>
    /// <param name="seed">Fixes the draws.</param>
    public AssignmentGate(IStepGate inner, int workers, bool isShuffled, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, RunPlan.MembersMax);
        Inner = inner;
        _draw = new WorkerDraw(workers, isShuffled, new SeededRandom(seed, Stream));
        _waiting = new int[workers];
        _hasCome = new bool[workers];
        _isComputing = new bool[workers];
        _ticket = new long[workers];
        Array.Fill(_ticket, NoTicket);
    }

    /// <summary>What else must allow a step.</summary>
    public IStepGate Inner { get; }

    /// <summary>Jobs that wait for the worker.</summary>
    public int JobsWaiting(int worker) => _waiting[worker];

    /// <inheritdoc/>
    public bool MayBegin(int worker)
    {
        Come(worker);
        return (_isComputing[worker] || _waiting[worker] > 0) && Inner.MayBegin(worker);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No job waits for the worker. Nothing changed.</exception>
    public void Began(int worker)
    {
        if (!_isComputing[worker] && _waiting[worker] == 0)
        {
            throw new InvalidOperationException($"Worker {worker} began a step, but no job waits for it; ask MayBegin first.");
        }

        Inner.Began(worker);
        _waiting[worker] -= _isComputing[worker] ? 0 : 1;
        _isComputing[worker] = true;
    }

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => Inner.MayTake(worker, norm);

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm)
    {
        Inner.Took(worker, ticket, norm);
        _isComputing[worker] = false;
        _ticket[worker] = ticket;
        _open.Add(ticket);
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket)
    {
        Inner.Closed(worker, ticket);
        if (_ticket[worker] == ticket)
        {
            _ticket[worker] = NoTicket;
        }

        if (!_open.Remove(ticket))
        {
            return;
        }

        Deal(1);
        if (_waiting[worker] == 0 && !_isComputing[worker] && _ticket[worker] == NoTicket)
        {
            Inner.Left(worker);
        }
    }

    /// <inheritdoc/>
    public void Left(int worker)
    {
        Inner.Left(worker);
        _draw.Remove(worker);
        int jobs = _waiting[worker] + (_isComputing[worker] ? 1 : 0);
        _waiting[worker] = 0;
        _isComputing[worker] = false;
        _ticket[worker] = NoTicket;
        Deal(jobs);
    }

    private void Come(int worker)
    {
        if (_draw.IsPresent(worker))
        {
            return;
        }

        _draw.Add(worker);
        if (!_hasCome[worker])
        {
            _hasCome[worker] = true;
            _waiting[worker]++;
        }

        int jobs = _homeless;
        _homeless = 0;
        Deal(jobs);
    }

    private void Deal(int jobs)
    {
        if (_draw.Count == 0)
        {
            _homeless += jobs;
            return;
        }

        for (int i = 0; i < jobs; i++)
        {
            _waiting[_draw.Next()]++;
        }
    }
}
