using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Optimizers;

namespace OrleansSgd.Simulator;

/// <summary>Passes what the ledger is told on to the monitor, and to the truth what the coordinator knows.</summary>
internal sealed class LedgerSink
{
    private readonly SimulatedGrid _grid;
    private readonly RunMonitor _monitor;
    private readonly SortedDictionary<int, (int Incarnation, double Norm)> _held = [];

    public LedgerSink(SimulatedGrid grid)
    {
        _grid = grid;
        _monitor = new RunMonitor(new MonitorOptions { Plan = grid.Run, Smoothness = grid.Plan.Objective.Smoothness, LossIsExact = true });
    }

    public void Record(TicketRecord row)
    {
        _held[row.Worker] = (row.Incarnation, Math.Sqrt(row.ResidualNormSquared));
        _monitor.Record(row);
    }

    /// <summary>What the coordinator itself says that no term accounts for.</summary>
    public List<string> Breaks { get; } = [];

    public void Take(in LedgerFact fact)
    {
        if (fact.Kind == LedgerFactKind.Break)
        {
            Breaks.Add(fact.Reason);
        }

        _grid.Truth.Take(fact, _monitor.NextTicket);
        _monitor.Take(fact);
        if (fact.Kind == LedgerFactKind.Retire && _held.TryGetValue(fact.Worker, out (int Incarnation, double Norm) held) && held.Incarnation <= fact.Incarnation)
        {
            _held.Remove(fact.Worker);
        }
    }

    /// <summary>f was measured at x_t without residuals: what they can add, by smoothness, is the error of the loss.</summary>
    public void Cut(long ticket, float[] parameters, ObjectiveTruth truth)
    {
        double held = _held.Values.Sum(one => one.Norm);
        double smoothness = double.IsFinite(_grid.Plan.Objective.Smoothness) ? _grid.Plan.Objective.Smoothness : 0;
        double[] projections = new double[_grid.Map.Count];
        double[] normsSquared = new double[_grid.Map.Count];
        for (int shard = 0; shard < projections.Length; shard++)
        {
            ReadOnlySpan<float> slice = parameters.AsSpan(_grid.Map[shard].Start, _grid.Map[shard].Length);
            projections[shard] = _grid.Projections[shard].Of(slice);
            normsSquared[shard] = GradientNorms.Squared(slice);
        }

        _monitor.Cut(new LossCut
        {
            Ticket = ticket,
            Loss = truth.Loss,
            LossError = (Math.Sqrt(truth.GradientSquared) * held) + (smoothness / 2 * held * held),
            GradientNormSquared = truth.GradientSquared,
            Projections = projections,
            NormsSquared = normsSquared,
        });
    }

    public MonitorReport Close()
    {
        _monitor.Close();
        return _monitor.Report();
    }
}
