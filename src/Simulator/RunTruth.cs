using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Simulator;

/// <summary>Follows x through a whole run in double, from what was really done, and measures what the ledger can only bound.</summary>
/// <remarks>
/// x before ticket t is x₀ minus every update below t that shards have, minus what workers hold back: the vector of docs/theory.md. It is
/// played back when the run is over, in ticket order, with every loss at the place where the monitor took it.
/// </remarks>
internal sealed class RunTruth(ShardMap map, float[] initial)
{
    // A round's first ticket lies at most a round and its repetitions back.
    private const int HistoryLength = 4096;

    private readonly Dictionary<long, TicketFacts> _updates = [];
    private readonly Dictionary<long, bool[]> _applied = [];
    private readonly HashSet<long> _voids = [];
    private readonly List<(long At, int Shard, long[] Lost)> _restores = [];
    private readonly List<(long From, int Worker, int Incarnation)> _retired = [];

    /// <summary>An update was made for a ticket.</summary>
    public void Made(TicketFacts facts) => _updates[facts.Ticket] = facts;

    /// <summary>The coordinator said something.</summary>
    /// <param name="at">First ticket that the monitor had not finalised then.</param>
    public void Take(in LedgerFact fact, long at)
    {
        switch (fact.Kind)
        {
            case LedgerFactKind.Void:
                _voids.Add(fact.Ticket);
                break;
            case LedgerFactKind.Settle or LedgerFactKind.Orphan:
                _applied[fact.Ticket] = fact.Applied;
                break;
            case LedgerFactKind.Retire:
                _retired.Add((fact.Ticket, fact.Worker, fact.Incarnation));
                break;
            case LedgerFactKind.Restore:
                _restores.Add((at, fact.Shard, fact.Lost));
                break;
        }
    }

    /// <summary>Plays the run back.</summary>
    /// <param name="tickets">Tickets given out.</param>
    /// <param name="objective">Measures f and ‖∇f‖² at every ticket; null to leave that out.</param>
    /// <param name="parameters">x as the shards have it in the end, [d].</param>
    public TruthFigures Play(long tickets, IObjectiveSession? objective, ReadOnlySpan<float> parameters)
    {
        var playback = new Playback(this, objective);
        for (long ticket = 0; ticket < tickets; ticket++)
        {
            playback.Step(ticket);
        }

        return playback.End(tickets, parameters);
    }

    private sealed class Playback
    {
        private readonly RunTruth _truth;
        private readonly IObjectiveSession? _objective;
        private readonly double[] _x;
        private readonly double[] _point;
        private readonly Dictionary<int, (int Incarnation, float[] Held)> _held = [];
        private readonly double[][] _history = new double[HistoryLength][];
        private readonly Dictionary<long, ObjectiveTruth> _measured = [];
        private readonly HashSet<(int Shard, long Ticket)> _lost = [];
        private readonly Queue<(long At, int Shard, long[] Lost)> _restores;
        private double _weight;
        private double _gradient;
        private double _drift;
        private double _gap;
        private double _gapMax;
        private long _steps;

        public Playback(RunTruth truth, IObjectiveSession? objective)
        {
            _truth = truth;
            _objective = objective;
            _x = [.. Array.ConvertAll(truth.Initial, value => (double)value)];
            _point = new double[_x.Length];
            _restores = new(truth._restores.OrderBy(restore => restore.At));
            foreach ((long at, int shard, long[] lost) in truth._restores)
            {
                // A slice that is lost before its ticket is finalised never was in x.
                _lost.UnionWith(lost.Where(ticket => ticket >= at).Select(ticket => (shard, ticket)));
            }
        }

        public void Step(long ticket)
        {
            Restore(ticket);
            Retire(ticket);
            _history[ticket % HistoryLength] = Virtual();
            if (_truth._voids.Contains(ticket))
            {
                return;
            }

            if (!_truth._updates.TryGetValue(ticket, out TicketFacts? facts))
            {
                throw new InvalidOperationException($"Ticket {ticket} is neither void nor was an update made for it.");
            }

            if (facts.Points.Length > 0)
            {
                Measure(facts);
            }

            Move(ticket, facts.Update, -1);
            _held[facts.Worker] = (facts.Incarnation, facts.Held);
        }

        public TruthFigures End(long tickets, ReadOnlySpan<float> parameters)
        {
            Restore(long.MaxValue);
            double error = 0;
            for (int i = 0; i < _x.Length; i++)
            {
                error = Math.Max(error, Math.Abs(_x[i] - parameters[i]));
            }

            return new TruthFigures(
                _objective is null ? double.NaN : _gradient / _weight, _gap / _steps, _gapMax, tickets, _steps, _weight, _drift, error);
        }

        private void Restore(long ticket)
        {
            while (_restores.TryPeek(out (long At, int Shard, long[] Lost) restore) && restore.At <= ticket)
            {
                _restores.Dequeue();
                foreach (long lost in restore.Lost)
                {
                    if (lost < restore.At && _lost.Add((restore.Shard, lost)) && IsApplied(lost, restore.Shard))
                    {
                        MoveSlice(restore.Shard, _truth._updates[lost].Update, 1);
                    }
                }
            }
        }

        private bool IsApplied(long ticket, int shard) =>
            !_truth._voids.Contains(ticket) && (!_truth._applied.TryGetValue(ticket, out bool[]? applied) || applied[shard]);

        private void Retire(long ticket)
        {
            foreach ((long from, int worker, int incarnation) in _truth._retired)
            {
                if (from == ticket && _held.TryGetValue(worker, out (int Incarnation, float[] Held) held) && held.Incarnation <= incarnation)
                {
                    _held.Remove(worker);
                }
            }
        }

        private double[] Virtual()
        {
            double[] x = [.. _x];
            foreach ((int _, float[] held) in _held.Values)
            {
                for (int i = 0; i < held.Length; i++)
                {
                    x[i] -= held[i];
                }
            }

            return x;
        }

        private void Measure(TicketFacts facts)
        {
            double[] x = _history[facts.RoundTicket % HistoryLength];
            float[] view = facts.Points[0];
            double gap = 0;
            foreach (float[] point in facts.Points)
            {
                double squared = 0;
                for (int i = 0; i < x.Length; i++)
                {
                    // In single steps x moves along with the worker's own point; in a round it waits for the others.
                    _point[i] = x[i] + (facts.IsSingleStep ? (double)point[i] - view[i] : 0);
                    double distance = _point[i] - point[i];
                    squared += distance * distance;
                }

                gap += squared / facts.Points.Length;
                if (_objective is not null)
                {
                    ObjectiveTruth truth = facts.IsSingleStep && facts.Points.Length > 1 ? _objective.Measure(_point) : At(facts.RoundTicket, x);
                    _gradient += facts.Rate * truth.GradientSquared;
                    _drift += facts.Rate * facts.Rate * truth.GradientSquared;
                    _weight += facts.Rate;
                }
            }

            gap /= facts.StepRate * facts.StepRate;
            _gap += gap;
            _gapMax = Math.Max(_gapMax, gap);
            _steps++;
        }

        private ObjectiveTruth At(long ticket, double[] x)
        {
            if (!_measured.TryGetValue(ticket, out ObjectiveTruth truth))
            {
                _measured[ticket] = truth = _objective!.Measure(x);
            }

            return truth;
        }

        private void Move(long ticket, float[] update, int sign)
        {
            for (int shard = 0; shard < _truth.Map.Count; shard++)
            {
                if (IsApplied(ticket, shard) && !_lost.Contains((shard, ticket)))
                {
                    MoveSlice(shard, update, sign);
                }
            }
        }

        private void MoveSlice(int shard, float[] update, int sign)
        {
            ShardRange range = _truth.Map[shard];
            for (int i = range.Start; i < range.End; i++)
            {
                _x[i] += sign * (double)update[i];
            }
        }
    }

    private ShardMap Map => map;

    private float[] Initial => initial;
}
