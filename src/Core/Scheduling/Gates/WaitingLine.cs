namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Workers that were told to wait, in the order in which they came; sees to it that none waits for ever.</summary>
/// <remarks>
/// Whoever asks at the right moment may go, so a place is not kept empty for a worker that asks rarely. Only when the
/// first in line has been overtaken <see cref="OvertakenMax"/> times does everybody else wait for it. A linked list in
/// arrays: every call is O(1).
/// </remarks>
internal sealed class WaitingLine
{
    private const int None = -1;

    private readonly int[] _before;
    private readonly int[] _after;
    private readonly long[] _begunAtJoin;
    private readonly bool[] _isWaiting;
    private int _first = None;
    private int _last = None;
    private long _begun;

    /// <param name="workers">Workers there can be, at least 1.</param>
    public WaitingLine(int workers)
    {
        _before = new int[workers];
        _after = new int[workers];
        _begunAtJoin = new long[workers];
        _isWaiting = new bool[workers];
        OvertakenMax = 2 * workers;
    }

    /// <summary>Steps of others that may begin before the first in line: every worker's turn, twice.</summary>
    public int OvertakenMax { get; }

    /// <summary>Whether the worker may go as far as the line is concerned.</summary>
    public bool MayPass(int worker) =>
        _first == None || _first == worker || _begun - _begunAtJoin[_first] < OvertakenMax;

    /// <summary>The worker is told to wait; it keeps its place when it waits already.</summary>
    public void Join(int worker)
    {
        if (_isWaiting[worker])
        {
            return;
        }

        _isWaiting[worker] = true;
        _begunAtJoin[worker] = _begun;
        _before[worker] = _last;
        _after[worker] = None;
        if (_last == None)
        {
            _first = worker;
        }
        else
        {
            _after[_last] = worker;
        }

        _last = worker;
    }

    /// <summary>The worker begins a step.</summary>
    public void Began(int worker)
    {
        Leave(worker);
        _begun++;
    }

    /// <summary>The worker waits no longer, if it did.</summary>
    public void Leave(int worker)
    {
        if (!_isWaiting[worker])
        {
            return;
        }

        _isWaiting[worker] = false;
        int before = _before[worker];
        int after = _after[worker];
        if (before == None)
        {
            _first = after;
        }
        else
        {
            _after[before] = after;
        }

        if (after == None)
        {
            _last = before;
        }
        else
        {
            _before[after] = before;
        }
    }
}
