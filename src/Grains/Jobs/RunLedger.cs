using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Metrics;

namespace OrleansSgd.Grains.Jobs;

/// <summary>Where everything that is known of a run's updates goes: to the monitor that judges it, and into the trace that keeps it.</summary>
/// <remarks>Both get the same facts in the same order, so whoever reads the trace can check the monitor. Not thread-safe.</remarks>
internal sealed partial class RunLedger : IDisposable
{
    private readonly RunMonitor _monitor;
    private readonly RunTrace _trace;
    private readonly RunCoordinator _coordinator;
    private readonly GridMetrics _metrics;
    private readonly AdaptiveGate? _gate;
    private readonly RunPlan _plan;
    private readonly TicketRecord _record = new();
    private readonly ShardProjection[] _projections;
    private readonly long[] _uses;
    private long _updatesLost;

    /// <param name="options">What the monitor has to know.</param>
    /// <param name="map">The job's shards.</param>
    /// <param name="coordinator">Whose facts are taken.</param>
    /// <param name="trace">An open ledger; this object lets go of it.</param>
    public RunLedger(MonitorOptions options, ShardMap map, RunCoordinator coordinator, RunTrace trace, GridMetrics metrics)
    {
        _plan = options.Plan;
        _uses = new long[_plan.Workers];
        _monitor = new RunMonitor(options) { Listener = Observe };
        _trace = trace;
        _coordinator = coordinator;
        _metrics = metrics;
        _gate = StepGates.AdaptiveIn(coordinator.Gate);
        _projections = [.. Enumerable.Range(0, map.Count).Select(i => new ShardProjection(_plan.Seed, i, map[i].Length))];
    }

    /// <summary>L as it is known now; NaN when it is not. An exact one may be set at any time.</summary>
    public double Smoothness
    {
        get => _monitor.Smoothness;
        set => _monitor.Smoothness = value;
    }

    /// <summary>Finds the row that the keeper of a lost worker had; empty for none.</summary>
    public Func<long, ReadOnlyMemory<byte>> KeptRow { get; set; } = _ => default;

    /// <summary>What workers are asked for beside the plan.</summary>
    public StepAdjustment Adjustment
    {
        get
        {
            double smoothness = _plan.Rule.DelayAdaptive || _gate is not null ? _monitor.Smoothness : double.NaN;
            return _gate is { Levers: var levers }
                ? new StepAdjustment(_coordinator.RateScale * levers.RateScale, levers.FractionScale, levers.IsDelayAdaptive, smoothness)
                : new StepAdjustment(_coordinator.RateScale, 1, false, smoothness, _coordinator.BatchScale);
        }
    }

    /// <summary>Takes the rows that came with a worker's question.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public void Take(ReadOnlyMemory<byte> rows)
    {
        ReadOnlySpan<byte> left = rows.Span;
        while (LedgerRows.TryTake(ref left, out ReadOnlySpan<byte> frame))
        {
            LedgerFrame.Read(frame, _record);
            _log?.AddRow(_record.Ticket, frame);
            Take(isRebuilt: false);
        }

        TakeFacts();
    }

    /// <summary>Takes what the coordinator knows since it was last asked.</summary>
    public void TakeFacts()
    {
        while (_coordinator.TryNextFact(out LedgerFact fact))
        {
            if (fact.Kind == LedgerFactKind.Orphan && KeptRow(fact.Ticket) is { IsEmpty: false } row)
            {
                // The worker told its keeper what it could not tell the ledger any more.
                LedgerFrame.Read(row.Span, _record);
                for (int shard = 0; shard < fact.Applied.Length; shard++)
                {
                    _record.Slices[shard].State = fact.Applied[shard] ? SliceState.Applied : SliceState.Tombstoned;
                }

                LogRow(_record);
                Take(isRebuilt: false);
            }
            else if (fact.Kind == LedgerFactKind.Orphan && !fact.IsRebuildable)
            {
                Break(fact.Reason);
            }
            else
            {
                _log?.AddFact(fact);
                Take(fact);
            }
        }

        long lost = _coordinator.Totals.UpdatesLost;
        if (lost > _updatesLost)
        {
            _metrics.Lost(lost - _updatesLost);
            _updatesLost = lost;
        }
    }

    /// <summary>Something happened that no term of the certificate accounts for.</summary>
    /// <param name="reason">What, as a sentence.</param>
    public void Break(string reason)
    {
        var fact = new LedgerFact(LedgerFactKind.Break) { Reason = reason };
        _log?.AddFact(fact);
        Take(fact);
    }

    /// <summary>The run is held at this ticket, and its loss there is going to be told.</summary>
    /// <returns>False when the loss there is of no use any more.</returns>
    public bool Expect(long ticket)
    {
        _log?.AddExpect(ticket);
        return _monitor.Expect(ticket);
    }

    /// <summary>Tells the loss at a cut that was announced.</summary>
    /// <param name="ticket">The cut.</param>
    /// <param name="held">What workers held back at the cut at most: ‖Σε‖.</param>
    public void Cut(long ticket, double held, in MeasuredLoss measured, in CutNorms norms)
    {
        // f at x, which includes what is held back, is within ‖∇f‖·‖Σε‖ + ½·L·‖Σε‖² of f at what the shards have.
        double reach = held == 0 ? 0
            : (Math.Sqrt(measured.GradientNormSquared) * held) + (_monitor.Smoothness / 2 * held * held);
        var cut = new LossCut
        {
            Ticket = ticket,
            Loss = measured.Loss,
            LossError = measured.StandardError + reach,
            GradientNormSquared = measured.GradientNormSquared,
            Projections = norms.Projections,
            NormsSquared = norms.Squared,
        };
        _log?.AddCut(cut);
        Take(cut);
    }

    /// <summary>The sum of the norms of what workers hold back, as far as they have told.</summary>
    public double HeldNorm => _monitor.HeldNorm;

    /// <summary>Products of the slices with the shards' random vectors, and their norms.</summary>
    public CutNorms NormsOf(ModelSnapshot snapshot)
    {
        double[] projections = new double[_projections.Length];
        double[] squared = new double[_projections.Length];
        for (int shard = 0; shard < _projections.Length; shard++)
        {
            ReadOnlySpan<float> slice = snapshot.Slice(shard);
            projections[shard] = _projections[shard].Of(slice);
            squared[shard] = Core.Optimizers.GradientNorms.Squared(slice);
        }

        return new CutNorms(projections, squared);
    }

    /// <summary>The view of a ticket was compared with x itself.</summary>
    /// <param name="staleSquared">‖x − v‖² without residuals.</param>
    public void Audit(long ticket, double staleSquared)
    {
        _log?.AddAudit(ticket, staleSquared);
        TakeAudit(ticket, staleSquared);
    }

    /// <summary>What is known now.</summary>
    public MonitorReport Report()
    {
        MonitorReport report = _monitor.Report();
        return Participation() is { } sentence ? report with { Warnings = [.. report.Warnings, sentence] } : report;
    }

    /// <summary>Hands on what waits; call it about once a second.</summary>
    public void Flush() => _trace.Flush();

    /// <summary>The run is over.</summary>
    /// <param name="outcome">One of the outcomes of <see cref="RunFigures"/>.</param>
    /// <param name="smoothness">The exact L; null when it was estimated.</param>
    public MonitorReport Close(string outcome, double? smoothness)
    {
        TakeFacts();
        _monitor.Close();
        TraceOwnFacts();
        MonitorReport report = Report();
        _trace.Close(new RunFigures
        {
            Tickets = _coordinator.Totals.Tickets,
            Outcome = outcome,
            Smoothness = smoothness,
            DelayMean = report.DelayMean,
            DelayMax = double.IsNaN(report.DelayMax) ? null : (long)report.DelayMax,
            GapMean = report.GapMean,
            BoundPredicted = report.BoundPredicted.Value,
            Condition = report.Condition,
            Certificate = report.Certificate,
        });
        return report;
    }

    /// <inheritdoc/>
    public void Dispose() => _trace.Dispose();

    // Where a draw decides who gets the next batch, everybody is used equally often; lost workers aside.
    private string? Participation() => _plan.Assignment == RunPlan.Pure || _coordinator.Totals.WorkersLost > 0
        ? null
        : ParticipationTest.Of(_uses) is { Verdict: ParticipationVerdict.Uneven } uneven ? uneven.ToString() : null;

    private void Take(in LedgerFact fact)
    {
        if (fact.Kind == LedgerFactKind.Orphan)
        {
            _monitor.Rebuild(fact, _record);
            Take(isRebuilt: true);
            return;
        }

        if (fact.Kind == LedgerFactKind.Void)
        {
            Tell(fact.Ticket);
        }

        _trace.Fact(fact);
        _monitor.Take(fact);
        TraceOwnFacts();
    }

    private void Take(in LossCut cut)
    {
        IsBegun |= cut.Ticket == 0;
        if (_monitor.Cut(cut))
        {
            _trace.Cut(cut.Ticket, cut.Loss, cut.LossError, cut.GradientNormSquared, cut.Projections);
        }

        TraceOwnFacts();
    }

    private void TakeAudit(long ticket, double staleSquared)
    {
        _trace.Audit(ticket, staleSquared);
        _monitor.Audit(ticket, staleSquared);
        TraceOwnFacts();
    }

    private void Take(bool isRebuilt)
    {
        Tell(_record.Ticket);
        RecordOutcome outcome = _monitor.Record(_record);
        if (outcome.Verdict == RecordVerdict.Recorded)
        {
            _trace.Row(_record, isRebuilt);
        }

        TraceOwnFacts();
    }

    private void TraceOwnFacts()
    {
        while (_monitor.TryNextFact(out LedgerFact fact))
        {
            _trace.Fact(fact);
        }
    }

    private void Observe(in FinalisedTicket ticket)
    {
        if (ticket.IsVoid || ticket.Rate == 0)
        {
            return;
        }

        _uses[ticket.Worker]++;
        _metrics.Finalised(ticket.Delay, ticket.GapBound);
        if (_gate is not null)
        {
            _gate.Observe(ticket, _coordinator.Totals.Tickets, _monitor.Noise, _monitor.Smoothness);
        }
    }
}

/// <summary>Sums over the slices at a cut, by shard.</summary>
/// <param name="Projections">Products with the shards' fixed random vectors.</param>
/// <param name="Squared">Squared norms.</param>
internal readonly record struct CutNorms(double[] Projections, double[] Squared);
