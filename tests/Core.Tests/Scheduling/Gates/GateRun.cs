using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

/// <summary>Workers of different speeds going through a gate in an order that a seed fixes; keeps its own account of what each step misses.</summary>
internal sealed class GateRun
{
    private readonly IStepGate _gate;
    private readonly SeededRandom _random;
    private readonly Stage[] _stages;
    private readonly long[] _tickets;
    private readonly double[] _speeds;
    private readonly double[] _begunAt;
    private readonly double[] _openAtBegin;
    private readonly double[] _budgets;
    private readonly List<(int Worker, long Ticket, double Norm)> _orphans = [];
    private readonly double[] _norms;
    private double _given;
    private double _open;

    private enum Stage
    {
        Asking,
        Computing,
        Ready,
        Pushing,
        Away,
    }

    public GateRun(IStepGate gate, int workers, ulong seed, double churn = 0)
    {
        _gate = gate;
        _random = new SeededRandom(seed);
        _stages = new Stage[workers];
        _tickets = new long[workers];
        _speeds = new double[workers];
        _begunAt = new double[workers];
        _openAtBegin = new double[workers];
        _budgets = new double[workers];
        _norms = new double[workers];
        Churn = churn;
        Begun = new int[workers];
        Closed = new int[workers];
        for (int i = 0; i < workers; i++)
        {
            _speeds[i] = Math.Pow(20, -_random.NextDouble());
        }
    }

    public double Churn { get; }

    public int[] Begun { get; }

    public int[] Closed { get; }

    public long TicketNext { get; private set; }

    public int UnderWay => _orphans.Count + _stages.Count(stage => stage is Stage.Computing or Stage.Ready or Stage.Pushing);

    public int UnderWayMax { get; private set; }

    public int StaleCount { get; private set; }

    /// <summary>What a step that begins may miss; called as it begins.</summary>
    public Func<double>? Budget { get; init; }

    /// <summary>Called for each ticket given: worker, missed mass, the budget it was judged by.</summary>
    public Action<int, double, double>? Given { get; init; }

    /// <summary>Called for each step that begins, before the gate hears of it.</summary>
    public Action<int>? Beginning { get; init; }

    /// <summary>The norm of the next update.</summary>
    public Func<SeededRandom, double> Norm { get; init; } = random => Math.Exp(random.NextGaussian());

    /// <summary>One event of one worker; false when nobody could do anything, in spite of being asked in turn.</summary>
    public bool Step()
    {
        for (int attempt = 0; attempt < 4 * _stages.Length; attempt++)
        {
            int worker = _random.NextInt(_stages.Length);
            if (_random.NextDouble() < _speeds[worker] && Act(worker))
            {
                return true;
            }
        }

        for (int worker = 0; worker < _stages.Length; worker++)
        {
            if (Act(worker))
            {
                return true;
            }
        }

        return CloseOrphan();
    }

    public void Steps(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(Step(), $"event {i}: nobody may do anything, {UnderWay} steps under way");
        }
    }

    private bool Act(int worker)
    {
        if (Churn > 0 && _random.NextDouble() < Churn && _stages[worker] != Stage.Away)
        {
            Leave(worker);
            return true;
        }

        if (_orphans.Count > 0 && _random.NextDouble() < 0.1)
        {
            return CloseOrphan();
        }

        switch (_stages[worker])
        {
            case Stage.Away:
                _stages[worker] = Stage.Asking;
                return true;
            case Stage.Asking:
                return Begin(worker);
            case Stage.Computing:
                _stages[worker] = Stage.Ready;
                _norms[worker] = Norm(_random);
                return true;
            case Stage.Ready:
                return Take(worker);
            default:
                _stages[worker] = Stage.Asking;
                Close(worker, _tickets[worker], _norms[worker]);
                Closed[worker]++;
                return true;
        }
    }

    private bool Begin(int worker)
    {
        if (!_gate.MayBegin(worker))
        {
            return false;
        }

        Beginning?.Invoke(worker);
        Note(worker);
        _gate.Began(worker);
        Begun[worker]++;
        _stages[worker] = Stage.Computing;
        UnderWayMax = Math.Max(UnderWayMax, UnderWay);
        return true;
    }

    private bool Take(int worker)
    {
        double budget = Budget?.Invoke() ?? 0;
        TicketVerdict verdict = _gate.MayTake(worker, _norms[worker]);
        if (verdict == TicketVerdict.Stale)
        {
            StaleCount++;
            _budgets[worker] = budget;
            _begunAt[worker] = _given;
            _openAtBegin[worker] = _open;
            _stages[worker] = Stage.Computing;
            return true;
        }

        if (verdict == TicketVerdict.Held)
        {
            return false;
        }

        Given?.Invoke(worker, _openAtBegin[worker] + _given - _begunAt[worker], _budgets[worker]);
        _tickets[worker] = TicketNext++;
        _gate.Took(worker, _tickets[worker], _norms[worker]);
        _given += _norms[worker];
        _open += _norms[worker];
        _stages[worker] = Stage.Pushing;
        return true;
    }

    private void Leave(int worker)
    {
        if (_stages[worker] == Stage.Pushing)
        {
            _orphans.Add((worker, _tickets[worker], _norms[worker]));
        }

        _gate.Left(worker);
        _stages[worker] = Stage.Away;
    }

    private bool CloseOrphan()
    {
        if (_orphans.Count == 0)
        {
            return false;
        }

        (int worker, long ticket, double norm) = _orphans[0];
        _orphans.RemoveAt(0);
        Close(worker, ticket, norm);
        return true;
    }

    private void Close(int worker, long ticket, double norm)
    {
        _gate.Closed(worker, ticket);
        _open -= norm;
    }

    private void Note(int worker)
    {
        _budgets[worker] = Budget?.Invoke() ?? 0;
        _begunAt[worker] = _given;
        _openAtBegin[worker] = _open;
    }
}
