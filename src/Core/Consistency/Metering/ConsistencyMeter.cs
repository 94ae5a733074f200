using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Measures how far the view of every gradient was from the parameters it was applied to.</summary>
/// <remarks>
/// <para>x just before ticket t is x₀ minus every update with a smaller ticket, whether or not it has arrived anywhere. So
/// x − v is made of exactly the updates that the view lacked, plus the residuals that workers hold back. Records
/// arrive in any order; a ticket is finalised once everything up to it is settled, in ticket order.</para>
/// <para>Always known: D ≤ Σ over shards of (Σ ‖missing update‖)², then (√that + Σ‖ε‖)² with residuals; no probability
/// is involved. With sketches also an unbiased estimate of D.</para>
/// <para>Memory is bounded by <see cref="MeterOptions.TicketsMax"/>. An entry is kept until no view still to come can
/// lack it: every worker's newest view, every open ticket's view, and <see cref="KeepFrom"/> have to be past it.</para>
/// <para>Not thread-safe. The steady state allocates nothing.</para>
/// </remarks>
public sealed partial class ConsistencyMeter
{
    private readonly MeterOptions _options;
    private readonly LedgerRing _ring;
    private readonly WorkerLedger _workers = new();
    private readonly LostSlices _lost;
    private readonly SliceState[] _states;
    private readonly MissingSum _missing;
    private readonly RoundResiduals _rounds = new();
    private readonly double[] _projections;
    private long _roundTicket = -1;
    private long _localRoundTicket = -1;
    private double _localMean;
    private bool _isOver;
    private double _residualNorm;
    private float[] _residualSketch = [];
    private bool _residualSketched;

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public ConsistencyMeter(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _ring = new LedgerRing(options.TicketsMax, options.ShardCount, _workers);
        _lost = new LostSlices(options.ShardCount);
        _states = new SliceState[options.ShardCount];
        _missing = new MissingSum(options.ShardCount);
        _projections = new double[options.ShardCount];
        GapBounds = new WindowStatistics(options.WindowLength);
        GapEstimates = new WindowStatistics(options.WindowLength);
        Delays = new WindowStatistics(options.WindowLength);
    }

    /// <summary>Upper bounds of the gap D / α² of the newest finalised tickets.</summary>
    public WindowStatistics GapBounds { get; }

    /// <summary>Sketch estimates of the gap of the newest finalised tickets; empty without sketches.</summary>
    public WindowStatistics GapEstimates { get; }

    /// <summary>Delays τ of the newest finalised tickets.</summary>
    public WindowStatistics Delays { get; }

    /// <summary>Delays τ of all finalised tickets with a rate above 0.</summary>
    public RunStatistics DelaysOfRun { get; } = new();

    /// <summary>Upper bounds of the gap of all finalised tickets with a rate above 0.</summary>
    public RunStatistics GapBoundsOfRun { get; } = new();

    /// <summary>Per shard, Σ of the projections of the slices that x contains; NaN once one was not measured.</summary>
    public ReadOnlySpan<double> Projections => _projections;

    /// <summary>Σ over workers of the norms that they hold back now.</summary>
    public double HeldNorm => _workers.NormSum;

    /// <summary>The first ticket that is not finalised.</summary>
    public long NextTicket => _ring.NextTicket;

    /// <summary>One past the highest ticket heard of.</summary>
    public long TicketEnd => _ring.End;

    /// <summary>Tickets from here on are kept in any case: the lowest watermark of any shard's newest checkpoint.</summary>
    /// <remarks>A shard that restores a checkpoint answers with views that old until the lost updates were pushed again.</remarks>
    public long KeepFrom
    {
        get => _ring.KeepFrom;
        set => _ring.KeepFrom = value;
    }

    /// <summary>Takes up what a worker says of its ticket.</summary>
    /// <param name="record">Copied.</param>
    /// <exception cref="ArgumentException">The record is not whole or of another job's shape: a bug in the caller. Nothing changed.</exception>
    public RecordOutcome Record(TicketRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Check(record);
        long ticket = record.Ticket;
        if (ticket < NextTicket)
        {
            bool known = _ring.Find(ticket) is { HasRecord: true } old && old.IsOf(record);
            return Outcome(known ? RecordVerdict.Duplicate : RecordVerdict.AlreadyFinalised, ticket, NextTicket);
        }

        if (record.ViewEnd() > record.RoundTicket)
        {
            return Outcome(RecordVerdict.ViewAheadOfTicket, ticket, record.ViewEnd());
        }

        long watermark = record.ViewWatermarkMin();
        if (watermark < _ring.Oldest || _lost.IsForgotten(record))
        {
            return Outcome(RecordVerdict.ViewTooOld, ticket, _ring.Oldest);
        }

        if (!_ring.Reach(ticket))
        {
            return Outcome(RecordVerdict.RingFull, ticket, _ring.Oldest);
        }

        LedgerEntry entry = _ring.Open(ticket);
        if ((entry.HasRecord && !entry.IsOf(record)) || !entry.AgreesWith(record, _lost))
        {
            return Outcome(RecordVerdict.Conflict, ticket, ticket);
        }

        RecordVerdict verdict = entry.HasRecord ? RecordVerdict.Duplicate : RecordVerdict.Recorded;
        if (entry.AwaitsRecord)
        {
            _lost.Tell(record);
            entry.AwaitsRecord = false;
        }

        entry.Fill(record, _states);
        _workers.Saw(record.Worker, record.Incarnation, ticket, watermark);
        return Outcome(verdict, ticket, _ring.Oldest);
    }

    /// <summary>Says what became of a ticket on one shard, before or after its record comes.</summary>
    /// <param name="state">Applied or tombstoned.</param>
    public RecordOutcome Settle(long ticket, int shard, SliceState state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ticket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)_options.ShardCount, nameof(shard));
        if (state is not (SliceState.Applied or SliceState.Tombstoned))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "A slice is settled as applied or as tombstoned.");
        }

        if (ticket < NextTicket)
        {
            bool known = _ring.Find(ticket) is { } old && old.Record.Slices[shard].State == state;
            return Outcome(known ? RecordVerdict.Duplicate : RecordVerdict.AlreadyFinalised, ticket, NextTicket);
        }

        if (!_ring.Reach(ticket))
        {
            return Outcome(RecordVerdict.RingFull, ticket, _ring.Oldest);
        }

        return _ring.Open(ticket).Settle(shard, state)
            ? Outcome(RecordVerdict.Recorded, ticket, _ring.Oldest)
            : Outcome(RecordVerdict.Conflict, ticket, ticket);
    }

    /// <summary>Declares every slice of a ticket void that is not known to be applied.</summary>
    /// <remarks>For a worker that died, or a push that was refused. What no shard has is no step; what some shards have is a step whose rest is lost.</remarks>
    public RecordOutcome Tombstone(long ticket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ticket);
        if (ticket < NextTicket)
        {
            return Outcome(RecordVerdict.AlreadyFinalised, ticket, NextTicket);
        }

        if (!_ring.Reach(ticket))
        {
            return Outcome(RecordVerdict.RingFull, ticket, _ring.Oldest);
        }

        LedgerEntry entry = _ring.Open(ticket);
        for (int shard = 0; shard < _options.ShardCount; shard++)
        {
            entry.Settle(shard, SliceState.Tombstoned);
        }

        return Outcome(RecordVerdict.Recorded, ticket, _ring.Oldest);
    }

    /// <summary>A worker takes no more tickets from <paramref name="fromTicket"/> on; what is then left of its residual is lost.</summary>
    /// <remarks>Also lets go of the tickets that only its next view could have lacked. A worker that flushed lost nothing.</remarks>
    /// <param name="incarnation">The life that ends, so that a record of it that comes late opens nothing again; −1 for the last one heard of.</param>
    public void Retire(int worker, long fromTicket, int incarnation = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(worker);
        _workers.Leave(worker, fromTicket, incarnation);
    }

    /// <summary>Finalises the next ticket, when everything up to it is settled.</summary>
    /// <returns>False when the next ticket is still open.</returns>
    public bool TryFinalise(out FinalisedTicket ticket)
    {
        ticket = default;
        if (NextTicket >= _ring.End || _ring.Find(NextTicket) is not { PendingCount: 0, AwaitsRecord: false } entry)
        {
            return false;
        }

        bool isVoid = entry.IsVoid;
        if (!isVoid && !(entry.HasRecord && LocalMeanIsKnown(entry.Record)))
        {
            return false;
        }

        double rebased = _workers.Release(NextTicket);
        double released = rebased;
        if (entry.HasRecord)
        {
            BeginRound(entry.Record);
        }

        if (isVoid)
        {
            ticket = new FinalisedTicket { Ticket = NextTicket, Worker = entry.HasRecord ? entry.Record.Worker : -1, IsVoid = true };
        }
        else
        {
            ticket = Measure(entry.Record, out double lostSquared);
            rebased += Math.Sqrt(lostSquared);
        }

        rebased += entry.HasRecord ? _workers.LossOf(entry.Record, isVoid) : 0;
        if (rebased > 0)
        {
            ticket = ticket with { RebasedDistance = rebased, HeldBeforeRebase = released + _workers.NormSum };
        }

        if (entry.HasRecord)
        {
            _workers.Update(entry.Record);
        }

        Add(ticket);
        _ring.NextTicket++;
        _lost.Drop(NextTicket);
        return true;
    }

    /// <summary>No further record comes: rounds that wait for one are complete as they are.</summary>
    public void Finish() => _isOver = true;

    private FinalisedTicket Measure(TicketRecord record, out double lostSquared)
    {
        _missing.Begin(record);
        for (long k = Math.Max(record.ViewWatermarkMin(), _ring.Oldest); k < record.RoundTicket; k++)
        {
            _missing.Add(k, _ring.Find(k)!.Record);
        }

        _missing.AddExtras(record, _lost);
        double stale = _missing.BoundSquared;
        double staleEstimate = _missing.EstimateSquared();
        double local = record.LocalDistance + (MovesWithItsRound(record) ? _localMean : 0);
        double distance = Math.Sqrt(stale) + _residualNorm + local;
        (double norm, double viewError, lostSquared) = TakeSlices(record);
        return new FinalisedTicket
        {
            Ticket = record.Ticket,
            Worker = record.Worker,
            Incarnation = record.Incarnation,
            Rate = record.Rate,
            StepRate = record.StepRate,
            StepCount = record.StepCount,
            SlotCount = record.SlotCount,
            IsPartial = record.IsPartial,
            NormSquared = norm,
            ViewErrorSquared = viewError,
            HeldSquared = record.ResidualNormSquared,
            SampleCount = record.SampleCount,
            LossSum = record.LossSum,
            Delay = _missing.Delay,
            ExtraCount = _missing.ExtraCount,
            MissingMass = _missing.Mass,
            StaleBoundSquared = stale,
            StaleEstimateSquared = staleEstimate,
            ResidualDistance = _residualNorm,
            LocalDistance = local,
            DistanceBoundSquared = distance * distance,
            DistanceEstimateSquared = Estimate(staleEstimate, local),
            GradientNormSquared = record.GradientNormSquared,
            HalfBatchDifferenceSquared = record.HalfBatchDifferenceSquared,
            DroppedNormSquared = record.DroppedNormSquared,
            SecantGradient = record.SecantGradient,
            SecantDistance = record.SecantDistance,
            GradientSeconds = record.GradientSeconds,
            Gamma = record.Gamma,
        };
    }

    // What was not sketched enters with its norm.
    private double Estimate(double staleEstimate, double local)
    {
        bool sketched = _residualNorm > 0 && _residualSketched && !double.IsNaN(staleEstimate);
        double squared = sketched ? _missing.EstimateSquaredWith(_residualSketch) : staleEstimate;
        double norm = local + (sketched ? 0 : _residualNorm);
        if (norm == 0 || double.IsNaN(squared))
        {
            return squared;
        }

        double distance = Math.Sqrt(squared) + norm;
        return distance * distance;
    }

    private (double Norm, double ViewError, double Lost) TakeSlices(TicketRecord record)
    {
        double norm = 0;
        double viewError = 0;
        double lost = 0;
        Span<double> projections = _projections;
        Span<SliceRecord> slices = record.Slices;
        for (int shard = 0; shard < slices.Length; shard++)
        {
            ref readonly SliceRecord slice = ref slices[shard];
            norm += slice.NormSquared;
            viewError += slice.ViewErrorSquared;
            if (slice.State == SliceState.Tombstoned)
            {
                lost += slice.NormSquared;
            }
            else
            {
                projections[shard] += slice.Projection;
            }
        }

        return (norm, viewError, lost);
    }

    // Between the local steps of a round x moves by the mean of what its workers do; a single gradient is taken before that.
    private static bool MovesWithItsRound(TicketRecord record) => record.StepCount > 1 && record.SlotCount > 1;

    // The round's rows: those not void, from its first ticket up to the first of a later round, at most one for each slot.
    private bool LocalMeanIsKnown(TicketRecord record)
    {
        long round = record.RoundTicket;
        if (!MovesWithItsRound(record) || round == _localRoundTicket)
        {
            return true;
        }

        double sum = 0;
        int count = 0;
        for (long k = round; count < record.SlotCount; k++)
        {
            LedgerEntry? entry = k < _ring.End ? _ring.Find(k) : null;
            bool isSettled = entry is { PendingCount: 0 } && (entry.HasRecord || entry.IsVoid);
            if (!isSettled)
            {
                if (!_isOver)
                {
                    return false;
                }

                if (k >= _ring.End)
                {
                    break;
                }

                continue;
            }

            if (entry!.IsVoid || entry.Record.RoundTicket < round)
            {
                continue;
            }

            if (entry.Record.RoundTicket > round)
            {
                break;
            }

            sum += entry.Record.LocalDistance;
            count++;
        }

        _localRoundTicket = round;
        _localMean = sum / count;
        return true;
    }

    // The residuals enter x as they are before the round, whoever of the round is finalised first.
    private void BeginRound(TicketRecord record)
    {
        if (record.RoundTicket == _roundTicket)
        {
            return;
        }

        _roundTicket = record.RoundTicket;
        if (record.SlotCount > 1 && _rounds.TryFind(record.RoundTicket, out _residualNorm))
        {
            // A slot that was leased again, after a later round had begun: the sketches of that time are gone, the norms are not.
            _residualSketched = false;
            return;
        }

        _residualNorm = _options.ResidualScale * _workers.NormSum;
        if (record.SlotCount > 1)
        {
            _rounds.Add(record.RoundTicket, _residualNorm);
        }

        _residualSketched = record.SketchWidth > 0 && _workers.IsSketched;
        if (_residualSketched && _residualNorm > 0)
        {
            int length = record.ShardCount * record.SketchWidth;
            if (_residualSketch.Length != length)
            {
                _residualSketch = new float[length];
            }

            _residualSketch.AsSpan().Clear();
            _workers.AddSketchTo(_residualSketch, _options.ResidualScale);
        }
    }

    private void Add(in FinalisedTicket ticket)
    {
        // An update of rate 0 only sends what was held back: it is no gradient that could be late.
        if (ticket.IsVoid || ticket.StepRate == 0)
        {
            return;
        }

        Delays.Add(ticket.Delay);
        DelaysOfRun.Add(ticket.Delay);
        if (double.IsFinite(ticket.GapBound))
        {
            GapBounds.Add(ticket.GapBound);
            GapBoundsOfRun.Add(ticket.GapBound);
        }

        if (double.IsFinite(ticket.GapEstimate))
        {
            GapEstimates.Add(ticket.GapEstimate);
        }
    }

    private void Check(TicketRecord record)
    {
        if (record.ShardCount != _options.ShardCount)
        {
            throw new ArgumentException($"The record has {record.ShardCount} shards, the job {_options.ShardCount}.", nameof(record));
        }

        if (record.Mistake() is { } mistake)
        {
            throw new ArgumentException($"Ledger record: {mistake}.", nameof(record));
        }
    }

    private RecordOutcome Outcome(RecordVerdict verdict, long ticket, long limit) => new(verdict, ticket, limit, _options.TicketsMax);
}
