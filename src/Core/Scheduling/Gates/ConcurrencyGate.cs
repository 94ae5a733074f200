using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>At most so many steps under way at a time, whoever's they are: the delay of a step is about their number.</summary>
/// <remarks>
/// A step is under way from its begin until its ticket is closed. A worker that begins again without having taken its
/// ticket starts the same step over. Nobody waits for ever: see the line's rule. Every call is O(1).
/// </remarks>
public sealed class ConcurrencyGate : IStepGate
{
    private readonly bool[] _isComputing;
    private readonly HashSet<long> _open = [];
    private readonly WaitingLine _line;
    private int _computing;
    private int _limit;

    /// <param name="workers">p; 1 to 10 000.</param>
    /// <param name="limit">Steps under way at a time to begin with; 1 or more.</param>
    public ConcurrencyGate(int workers, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, RunPlan.MembersMax);
        _isComputing = new bool[workers];
        _line = new WaitingLine(workers);
        Limit = limit;
    }

    /// <summary>Steps under way at a time; 1 or more. Lowering it stops nobody who has begun.</summary>
    public int Limit
    {
        get => _limit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _limit = value;
        }
    }

    /// <summary>Steps begun and not closed.</summary>
    public int UnderWay => _computing + _open.Count;

    /// <inheritdoc/>
    public bool MayBegin(int worker)
    {
        if (_isComputing[worker])
        {
            return true;
        }

        if (UnderWay < _limit && _line.MayPass(worker))
        {
            return true;
        }

        _line.Join(worker);
        return false;
    }

    /// <summary>The worker waits for something else: it need not be waited for.</summary>
    public void Withdraw(int worker) => _line.Leave(worker);

    /// <inheritdoc/>
    public void Began(int worker)
    {
        _computing += _isComputing[worker] ? 0 : 1;
        _isComputing[worker] = true;
        _line.Began(worker);
    }

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm)
    {
        StopComputing(worker);
        _open.Add(ticket);
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket) => _open.Remove(ticket);

    /// <inheritdoc/>
    public void Left(int worker)
    {
        StopComputing(worker);
        _line.Leave(worker);
    }

    private void StopComputing(int worker)
    {
        _computing -= _isComputing[worker] ? 1 : 0;
        _isComputing[worker] = false;
    }
}
