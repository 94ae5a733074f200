using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Norm-bounded: the norms of all updates that a gradient can have missed add up to at most a budget.</summary>
/// <remarks>
/// <para>The budget of a step is (1 − β)·p·(mean norm of an update), fixed when it begins. What it can have missed is its
/// mass: the norms of the tickets that were open when it began, and of all tickets given since. Thresholding only the
/// newest round, as the first prototype of this scheduler did, bounds nothing: masses of older rounds add up.</para>
/// <para>So ‖x − v‖ ≤ (1 − β)·p·mean(‖u‖) by construction, for every ticket given. A ticket that would push the mass of an
/// earlier begun step over its budget is held; a later begun step that it pushes over is overdue, and must pull and
/// compute again once there is room. The earliest step that is not overdue is never held, so there is always progress.</para>
/// <para>With G the norms given so far, the mass of a step grows exactly as G does. Its budget is therefore one fixed
/// limit on G: the least limit of the earlier steps decides a question, in O(log p). β = 1 is one step after the
/// other; at β = 0 all workers are under way and only unusually long updates are held. Before the first norm is known,
/// steps go one at a time. Norms are in parameter units; one that is not finite counts as 0, since such a run has diverged and no schedule can save it.</para>
/// </remarks>
public sealed class NormGate : IStepGate
{
    private const int Idle = -1;
    private const int Overdue = -2;

    // The mean forgets over about this many updates: short enough to follow a falling rate, long enough not to jump.
    private const double MeanLength = 64;

    // Sums that are added to and taken from gather rounding errors; so often they are made afresh.
    private const int TakenPerRefresh = 4096;

    private readonly double _capacity;
    private readonly int[] _place;
    private readonly int[] _workerAt;
    private readonly EarlierMinimum _limits;
    private readonly Dictionary<long, double> _open = [];
    private readonly WaitingLine _line;
    private int _placeNext;
    private int _computing;
    private double _openNorm;
    private double _given;
    private double _meanSum;
    private double _meanWeight;
    private int _taken;

    /// <param name="workers">p; 1 to 10 000.</param>
    /// <param name="share">β, 0 to 1: the part of all workers' norm that a view must have.</param>
    public NormGate(int workers, double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, RunPlan.MembersMax);
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Use 0 to 1.");
        }

        _capacity = (1 - share) * workers;
        _place = new int[workers];
        Array.Fill(_place, Idle);
        _limits = new EarlierMinimum(2 * workers);
        _workerAt = new int[_limits.PlaceCount];
        _line = new WaitingLine(workers);
    }

    /// <summary>Norms that a step which begins now may miss; NaN before the first norm is known.</summary>
    public double Budget => _capacity * NormMean;

    /// <summary>Exponential mean of the norms; NaN before the first.</summary>
    public double NormMean => _meanWeight == 0 ? double.NaN : _meanSum / _meanWeight;

    /// <summary>Norms of the tickets that are open.</summary>
    public double OpenNorm => _openNorm;

    /// <inheritdoc/>
    public bool MayBegin(int worker)
    {
        bool mayBegin = HasRoom(_computing - (_place[worker] >= 0 ? 1 : 0)) && _line.MayPass(worker);
        if (!mayBegin)
        {
            _line.Join(worker);
        }

        return mayBegin;
    }

    /// <inheritdoc/>
    public void Began(int worker)
    {
        Forget(worker);
        _line.Began(worker);
        if (_placeNext == _limits.PlaceCount)
        {
            CloseRanks();
        }

        // Not below what is given already, whatever rounding says: it has missed nothing more than it may yet.
        double slack = _meanWeight == 0 ? 0 : Math.Max(0, Budget - _openNorm);
        _place[worker] = _placeNext;
        _workerAt[_placeNext] = worker;
        _limits.Set(_placeNext++, _given + slack);
        _computing++;
    }

    /// <inheritdoc/>
    /// <remarks>Stale begins the worker's step anew: what it pulls after the answer is its view.</remarks>
    /// <exception cref="InvalidOperationException">The worker has not begun. Nothing changed.</exception>
    public TicketVerdict MayTake(int worker, double norm)
    {
        int place = Begun(worker);
        if (place >= 0)
        {
            return _given + Mass(norm) <= _limits.Before(place) ? TicketVerdict.Given : TicketVerdict.Held;
        }

        if (!MayBegin(worker))
        {
            return TicketVerdict.Held;
        }

        Began(worker);
        return TicketVerdict.Stale;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The worker has not begun. Nothing changed.</exception>
    public void Took(int worker, long ticket, double norm)
    {
        Begun(worker);
        double mass = Mass(norm);
        Forget(worker);
        _open[ticket] = mass;
        _openNorm += mass;
        _given += mass;
        _meanSum += (mass - _meanSum) / MeanLength;
        _meanWeight += (1 - _meanWeight) / MeanLength;
        while (_limits.Least < _given)
        {
            int overdue = _workerAt[_limits.LeastPlace()];
            Forget(overdue);
            _place[overdue] = Overdue;
        }

        if (++_taken == TakenPerRefresh)
        {
            Refresh();
        }
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket)
    {
        if (_open.Remove(ticket, out double mass))
        {
            // Exactly 0 when nothing is open: a residue of rounding would keep β = 1 waiting for ever.
            _openNorm = _open.Count == 0 ? 0 : Math.Max(0, _openNorm - mass);
        }
    }

    /// <inheritdoc/>
    public void Left(int worker)
    {
        Forget(worker);
        _line.Leave(worker);
    }

    private static double Mass(double norm) => !double.IsFinite(norm) ? 0
        : norm >= 0 ? norm
        : throw new ArgumentOutOfRangeException(nameof(norm), norm, "A norm is 0 or more.");

    // What a step that begins now would miss, if those computing take their tickets first, each with a mean norm.
    private bool HasRoom(int computing) =>
        (computing == 0 && _open.Count == 0) ||
        (_meanWeight > 0 && _openNorm + (computing * NormMean) <= Budget);

    private int Begun(int worker) => _place[worker] != Idle
        ? _place[worker]
        : throw new InvalidOperationException($"Worker {worker} asks for a ticket, but has not begun a step.");

    private void Forget(int worker)
    {
        if (_place[worker] >= 0)
        {
            _limits.Set(_place[worker], double.PositiveInfinity);
            _computing--;
        }

        _place[worker] = Idle;
    }

    // Steps keep their order and move down to the first places. At most p of the 2p places are in use, so this is rare.
    private void CloseRanks()
    {
        int next = 0;
        for (int place = 0; place < _limits.PlaceCount; place++)
        {
            double limit = _limits[place];
            if (double.IsPositiveInfinity(limit))
            {
                continue;
            }

            int worker = _workerAt[place];
            _limits.Set(place, double.PositiveInfinity);
            _limits.Set(next, limit);
            _workerAt[next] = worker;
            _place[worker] = next++;
        }

        _placeNext = next;
    }

    private void Refresh()
    {
        _taken = 0;
        for (int place = 0; place < _placeNext; place++)
        {
            if (!double.IsPositiveInfinity(_limits[place]))
            {
                _limits.Set(place, _limits[place] - _given);
            }
        }

        _given = 0;
        _openNorm = 0;
        foreach (double mass in _open.Values)
        {
            _openNorm += mass;
        }
    }
}
