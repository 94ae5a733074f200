using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Watches one run: takes what workers, coordinator and shards say of it, and answers how consistent it is and what that proves.</summary>
/// <remarks>
/// <para>Records and facts come in the order in which the trace has them; whoever checks the trace does the same arithmetic and gets the
/// same numbers (docs/trace-format.md). What the monitor decides by itself, such as a break after a record that it
/// refuses, comes out of <see cref="TryNextFact"/> and belongs into the trace as well.</para>
/// <para>A loss takes time to measure. Announce the cut with <see cref="Expect"/> while the run is held at it, let the run go on,
/// and tell the loss later with <see cref="Cut"/>.</para>
/// <para>Nothing is passed over in silence: whatever does not fit breaks the certificate, and an alarm says why. Not thread-safe.</para>
/// </remarks>
public sealed partial class RunMonitor
{
    /// <summary>Most alarms, and most warnings, that are kept: the first ones say what went wrong, later ones follow from it.</summary>
    public const int SentencesMax = 64;

    /// <summary>Most cuts that are announced and not told: a loss takes seconds, so more means that nobody measures them.</summary>
    public const int CutsMax = Certificates.Certificate.CutsMax;

    private MonitorOptions _options;
    private readonly ConsistencyMeter _meter;
    private readonly ShardLives _lives;
    private readonly Queue<LedgerFact> _facts = new();
    private readonly SortedSet<long> _voidsDue = [];
    private readonly TicketRecord _rebuilt = new();
    private double _heldShareMax;
    private long _recordsRefused;

    /// <param name="options">What is known of the run.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public RunMonitor(MonitorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        RunPlan plan = options.Plan;
        _meter = new ConsistencyMeter(new MeterOptions
        {
            ShardCount = plan.Shards,
            TicketsMax = options.TicketsMax,
            WindowLength = options.WindowLength,
        });
        _lives = new ShardLives(plan.Shards);
        _conditions = new ConditionWindows(plan, options.WindowLength);
        _balance = new ProjectionBalance(plan.Shards);
        _audit = new DistanceAudit(options.TicketsMax);
    }

    /// <summary>L, as far as it is known; NaN when it is not. To compute it exactly may take longer than to begin: set it at any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to what is not a finite number above 0. Nothing changed.</exception>
    public double Smoothness
    {
        get => SmoothnessFrom(_secants.Max);
        set
        {
            if (!(double.IsFinite(value) && value > 0))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "L is a finite number above 0.");
            }

            _options = _options with { Smoothness = value };
            _certificate?.KnowSmoothness(value);
        }
    }

    /// <summary>Hears of every finalised ticket, in order.</summary>
    public FinalisedListener? Listener { get; init; }

    /// <summary>σ² (M² in the biased form) of the newest stretch between two losses; NaN before the first.</summary>
    public double Noise => _noiseNewest;

    /// <summary>Σ of the norms of what the workers hold back, as far as they have told.</summary>
    public double HeldNorm => _meter.HeldNorm;

    /// <summary>The first ticket that is not finalised.</summary>
    public long NextTicket => _meter.NextTicket;

    /// <summary>Tickets from here on are kept in any case; see <see cref="ConsistencyMeter.KeepFrom"/>. Given up when the ring is full.</summary>
    public long KeepFrom
    {
        get => _meter.KeepFrom;
        set => _meter.KeepFrom = value;
    }

    /// <summary>Takes what a worker says of its update. A record that cannot be taken breaks the certificate, and its ticket becomes void.</summary>
    /// <param name="record">Copied. One that came before is left alone.</param>
    /// <returns>What was done; the trace gets a row for <see cref="RecordVerdict.Recorded"/> alone.</returns>
    /// <exception cref="ArgumentException">The record is not whole or of another job's shape: a bug in the caller. Nothing changed.</exception>
    public RecordOutcome Record(TicketRecord record)
    {
        RecordOutcome outcome = _meter.Record(record);
        if (outcome.Verdict == RecordVerdict.RingFull && _meter.KeepFrom < NextTicket)
        {
            // What a checkpoint wanted kept is given up: should a shard lose it now, the jump has no bound, and the certificate says so.
            _meter.KeepFrom = NextTicket;
            outcome = _meter.Record(record);
        }

        switch (outcome.Verdict)
        {
            case RecordVerdict.Recorded:
                NoteHeld(record);
                break;
            case RecordVerdict.Duplicate:
                break;
            case RecordVerdict.AlreadyFinalised when !IsAppliedAnywhere(record):
                // It was declared void, and its worker says nothing else.
                _recordsRefused++;
                break;
            default:
                Refuse(outcome);
                break;
        }

        Drain();
        return outcome;
    }

    /// <summary>Takes what the coordinator knows.</summary>
    public void Take(in LedgerFact fact)
    {
        switch (fact.Kind)
        {
            case LedgerFactKind.Void:
                Settle(fact.Ticket, default);
                break;
            case LedgerFactKind.Settle:
                Settle(fact.Ticket, fact.Applied);
                break;
            case LedgerFactKind.Retire:
                _meter.Retire(fact.Worker, fact.Ticket, fact.Incarnation);
                break;
            case LedgerFactKind.Restore:
                Restore(fact);
                break;
            case LedgerFactKind.Break:
                Break(fact.Reason, isOwn: false);
                break;
            case LedgerFactKind.Orphan:
                Rebuild(fact, _rebuilt);
                Record(_rebuilt);
                break;
            default:
                throw new ArgumentException($"Fact of kind {fact.Kind} is not known to this build.", nameof(fact));
        }

        Drain();
    }

    /// <summary>Makes the record of an update that shards applied although its worker died before it told of it.</summary>
    /// <remarks>
    /// The view is the oldest that it can have been. What the worker held back is gone with it and was never told: in proportion to
    /// the update it is taken to be as much as any record so far.
    /// </remarks>
    /// <param name="fact">An orphan.</param>
    /// <param name="record">Becomes the record; the trace gets it as a row that is rebuilt.</param>
    public void Rebuild(in LedgerFact fact, TicketRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        int shards = _options.Plan.Shards;
        if (fact.Kind != LedgerFactKind.Orphan || fact.Applied.Length != shards || fact.NormSquared.Length != shards)
        {
            throw new ArgumentException(
                $"A {fact.Kind} fact with {fact.Applied.Length} states and {fact.NormSquared.Length} norms makes no record of {shards} shards.", nameof(fact));
        }

        record.Begin(shards);
        record.Ticket = fact.Ticket;
        record.RoundTicket = fact.RoundTicket;
        record.SlotCount = Math.Max(1, fact.SlotCount);
        record.Worker = fact.Worker;
        record.Incarnation = fact.Incarnation;
        record.Rate = fact.Rate;
        record.SampleCount = fact.SampleCount;
        record.StepCount = _options.Plan.LocalSteps;
        double normSquared = 0;
        for (int shard = 0; shard < shards; shard++)
        {
            record.SetView(shard, _lives.NewestBefore(shard, fact.ViewFloor), Math.Min(fact.ViewFloor, fact.RoundTicket), []);
            ref SliceRecord slice = ref record.Slices[shard];
            slice.NormSquared = fact.NormSquared[shard];
            slice.State = fact.Applied[shard] ? SliceState.Applied : SliceState.Tombstoned;
            normSquared += slice.NormSquared;
        }

        record.ResidualNormSquared = _heldShareMax * normSquared;
    }

    /// <summary>The loss just before this ticket is going to be told: call it while the run is held there.</summary>
    /// <returns>False when the ticket is finalised already, was told of already, or <see cref="CutsMax"/> cuts are announced: a loss there is of no use.</returns>
    public bool Expect(long ticket)
    {
        if (IsAnnounced(ticket))
        {
            return true;
        }

        if (ticket < NextTicket || ticket <= _lastTold || _expected.Count == CutsMax)
        {
            return false;
        }

        _expected.Add(ticket);
        _nextMark = _expected.Min;
        MarkWhatIsDue();
        return true;
    }

    /// <summary>Takes the loss at a cut, announced or not.</summary>
    /// <returns>False when it comes too late: it was not announced, or a later one is known. Then it is left out, here and in the trace.</returns>
    public bool Cut(in LossCut cut)
    {
        if (cut.Ticket <= _lastTold || !Expect(cut.Ticket))
        {
            Warn($"The loss at ticket {cut.Ticket} came too late and is left out; announce a cut before the run goes on.");
            return false;
        }

        _cuts[cut.Ticket] = cut;
        TellWhatIsKnown();
        return true;
    }

    /// <summary>Takes an exact distance ‖x − v‖², residuals left out, that shards measured for one ticket.</summary>
    public void Audit(long ticket, double staleSquared)
    {
        if (_audit.Take(ticket, staleSquared, _balance.ParameterNorm) is { } wrong)
        {
            Break(wrong);
        }
    }

    /// <summary>The run is over: no further record comes.</summary>
    public void Close()
    {
        _meter.Finish();
        Drain();
        if (NextTicket < _meter.TicketEnd)
        {
            Break($"The run ended with tickets {NextTicket} to {_meter.TicketEnd - 1} unsettled.");
        }
    }

    /// <summary>The next thing that the monitor decided by itself; the trace gets it as an event.</summary>
    public bool TryNextFact(out LedgerFact fact) => _facts.TryDequeue(out fact);

    private static bool IsAppliedAnywhere(TicketRecord record)
    {
        foreach (ref readonly SliceRecord slice in record.Slices)
        {
            if (slice.State == SliceState.Applied)
            {
                return true;
            }
        }

        return false;
    }

    private void NoteHeld(TicketRecord record)
    {
        if (HoldbackCheck.Mistake(record, _options.Plan) is { } mistake)
        {
            Break(mistake);
        }

        if (record.ResidualNormSquared > 0)
        {
            double normSquared = 0;
            foreach (ref readonly SliceRecord slice in record.Slices)
            {
                normSquared += slice.NormSquared;
            }

            double share = record.ResidualNormSquared / normSquared;
            _heldShareMax = double.IsFinite(share) ? Math.Max(_heldShareMax, share) : _heldShareMax;
        }
    }

    private void Refuse(RecordOutcome outcome)
    {
        _recordsRefused++;
        Break(outcome.ToString());
        if (outcome.Ticket >= NextTicket)
        {
            _voidsDue.Add(outcome.Ticket);
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Void) { Ticket = outcome.Ticket });
        }
    }

    // Without states: void everywhere.
    private void Settle(long ticket, ReadOnlySpan<bool> applied)
    {
        for (int shard = 0; shard < _options.Plan.Shards; shard++)
        {
            bool isApplied = shard < applied.Length && applied[shard];
            RecordOutcome outcome = _meter.Settle(ticket, shard, isApplied ? SliceState.Applied : SliceState.Tombstoned);
            if (outcome.Verdict == RecordVerdict.RingFull && !isApplied)
            {
                _voidsDue.Add(ticket);
                return;
            }

            if (!outcome.IsKnown)
            {
                Break(outcome.ToString());
                return;
            }
        }
    }

    private void Restore(in LedgerFact fact)
    {
        _lives.Began(fact.Shard, fact.Incarnation, _meter.TicketEnd);
        _unbalanced.UnionWith(_expected); // read before the loss, but their sums are made after it
        RebaseOutcome outcome = _meter.Rebase(fact.Shard, fact.Incarnation, fact.Lost);
        if (outcome.UnknownCount > 0)
        {
            Break($"Shard {fact.Shard} lost {outcome.UnknownCount} updates whose size is not known any more; the loss can have risen by any amount.");
        }
        else if (outcome.DistanceBound > 0)
        {
            _certificate?.Rebase(outcome.DistanceBound, _meter.HeldNorm);
        }
    }

    private void Break(string reason, bool isOwn = true)
    {
        _broken ??= reason;
        _certificate?.Break(reason);
        Note(_alarms, reason);
        if (isOwn)
        {
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Break) { Reason = reason });
        }
    }

    private void Warn(string sentence) => Note(_warnings, sentence);

    private static void Note(List<string> sentences, string sentence)
    {
        if (sentences.Count < SentencesMax)
        {
            sentences.Add(sentence);
        }
    }

    private void Drain()
    {
        do
        {
            MarkWhatIsDue();
            while (_meter.TryFinalise(out FinalisedTicket ticket))
            {
                Finalised(ticket);
                MarkWhatIsDue();
            }
        }
        while (TombstoneWhatIsDue());
    }

    // Refused tickets that lie beyond the ring wait until it reaches them.
    private bool TombstoneWhatIsDue()
    {
        bool any = false;
        while (_voidsDue.Count > 0 && _meter.Tombstone(_voidsDue.Min).Verdict != RecordVerdict.RingFull)
        {
            _voidsDue.Remove(_voidsDue.Min);
            any = true;
        }

        return any;
    }
}
