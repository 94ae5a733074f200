using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Who gets the next job: present workers drawn with equal chance, or everybody once in an order shuffled each time.</summary>
/// <remarks>A seed and a history of comings and goings fix every draw. O(1) a draw, on average over a shuffled order.</remarks>
internal sealed class WorkerDraw
{
    private const int Absent = -1;

    private readonly SeededRandom _random;
    private readonly bool _isShuffled;
    private readonly int[] _present;
    private readonly int[] _placeOf;
    private readonly int[] _order;
    private int _orderNext;
    private int _orderEnd;

    /// <param name="workers">Workers there can be, at least 1.</param>
    /// <param name="isShuffled">Everybody in turn, instead of anybody each time.</param>
    public WorkerDraw(int workers, bool isShuffled, SeededRandom random)
    {
        _random = random;
        _isShuffled = isShuffled;
        _present = new int[workers];
        _placeOf = new int[workers];
        _order = new int[workers];
        Array.Fill(_placeOf, Absent);
    }

    /// <summary>Workers present.</summary>
    public int Count { get; private set; }

    public bool IsPresent(int worker) => _placeOf[worker] != Absent;

    /// <summary>The worker can be drawn from now on; in shuffled orders, from the next one on.</summary>
    public void Add(int worker)
    {
        if (!IsPresent(worker))
        {
            _placeOf[worker] = Count;
            _present[Count++] = worker;
        }
    }

    /// <summary>The worker is drawn no more.</summary>
    public void Remove(int worker)
    {
        if (IsPresent(worker))
        {
            int last = _present[--Count];
            _present[_placeOf[worker]] = last;
            _placeOf[last] = _placeOf[worker];
            _placeOf[worker] = Absent;
        }
    }

    /// <summary>Draws one of the workers present; there must be one.</summary>
    public int Next()
    {
        if (!_isShuffled)
        {
            return _present[_random.NextInt(Count)];
        }

        while (true)
        {
            if (_orderNext == _orderEnd)
            {
                Shuffle();
            }

            int worker = _order[_orderNext++];
            if (IsPresent(worker))
            {
                return worker;
            }
        }
    }

    private void Shuffle()
    {
        _present.AsSpan(0, Count).CopyTo(_order);
        for (int i = Count - 1; i > 0; i--)
        {
            int other = _random.NextInt(i + 1);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }

        _orderNext = 0;
        _orderEnd = Count;
    }
}
