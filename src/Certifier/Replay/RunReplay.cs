using OrleansSgd.Certifier.Figures;
using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>Goes through a job's ledger in order and checks and sums up everything again, letting go of what nothing can refer to any more.</summary>
internal sealed class RunReplay
{
    // Norms are told of f32 slices summed up in another order than the audit's subtraction.
    private const double AuditSlack = 1e-5;

    private readonly SpanChain _ledger;
    private readonly LedgerOpening _opening;
    private readonly LedgerClosing _closing;
    private readonly TicketWindow _tickets;
    private readonly TicketLedger _rows;
    private readonly ShardHistory[] _shards;
    private readonly Conservation _conservation;
    private readonly Queue<LossCut> _cuts;
    private readonly FindingList _findings = new();
    private bool _isBroken;

    public RunReplay(JobIndex job, SpanSource source, double boundAsked)
    {
        _opening = job.Opening!;
        _closing = job.Closing!;
        _ledger = new SpanChain(source, job.Ledger, $"the ledger of job {job.Job}");
        _tickets = new TicketWindow(_opening.Shards, _closing.Tickets);
        _rows = new TicketLedger(_tickets, _findings);
        _shards = ShardHistories.Of(job, source, _tickets, _findings);
        _conservation = new Conservation(_opening.Shards, _findings);
        Predicted = new PredictedBound(PlanFields.Read(_opening.Plan, _opening.Mode, _opening.Workers));
        Condition = new ConditionReplay(_opening, boundAsked, Predicted, _findings);
        _cuts = new Queue<LossCut>(job.Cuts.Select(static one => one.Cut));
        Certificate = new CertificateReplay(_opening, _cuts);
    }

    public FindingList Findings => _findings;

    public PredictedBound Predicted { get; }

    public ConditionReplay Condition { get; }

    public CertificateReplay Certificate { get; }

    /// <summary>Delays and gaps of finalised tickets that count.</summary>
    public RunMeans Means { get; } = new();

    /// <summary>Rows read.</summary>
    public long RowCount { get; private set; }

    /// <summary>Tickets that were a step.</summary>
    public long StepCount { get; private set; }

    /// <summary>Tickets that no shard has.</summary>
    public long VoidCount { get; private set; }

    /// <summary>Stretches between cuts whose conservation was checked.</summary>
    public int ConservedCount => _conservation.CheckedCount;

    /// <summary>Slices and views that only the missing end of a killed shard's log could confirm.</summary>
    public long UncheckedCount => _shards.Sum(static shard => shard.UncheckedCount);

    /// <summary>Attributes of ledger spans that this reader does not know.</summary>
    public long UnknownAttributeCount { get; private set; }

    /// <summary>Spans that began before the one before them in their chain.</summary>
    public int ClockJumpCount => _ledger.ClockJumpCount + _shards.Sum(static shard => shard.Lives.Sum(static life => life.ClockJumpCount));

    /// <summary>Replays everything.</summary>
    /// <exception cref="InvalidDataException">Something is damaged or missing.</exception>
    public void Run(CancellationToken cancellation)
    {
        Certificate.Begin();
        CutWhatIsDue();
        while (_ledger.Next() is { } span)
        {
            cancellation.ThrowIfCancellationRequested();
            _ = span.Text("job");
            _ = span.Count("sequence");
            _ = span.Has("generation");
            Take(span);
            UnknownAttributeCount += span.UnknownCount;
            Forget(Math.Min(_ledger.TicketMin, _rows.TicketMin));
        }

        _rows.Finish();
        Advance();
        Finish();
    }

    private void Take(LedgerSpan span)
    {
        switch (span.Name)
        {
            case "ledger.open":
                LedgerOpening.Read(span);
                break;
            case "ledger.rows":
                TakeRows(span);
                break;
            case "ledger.event":
                TakeEvent(LedgerEvent.Read(span, _opening.Shards));
                break;
            case "ledger.cut":
                // Its turn came with its ticket; the index had it.
                LossCut.Read(span, _opening.Shards);
                break;
            case "ledger.audit":
                TakeAudit(span);
                break;
            default:
                LedgerClosing.Read(span);
                _ = span.TextOrNull("certificate.reason");
                break;
        }
    }

    private void TakeRows(LedgerSpan span)
    {
        long first = span.Count("first_row");
        if (first != RowCount)
        {
            throw span.Wrong("first_row", $"is {first}, but {RowCount} rows came before");
        }

        foreach (LedgerRow row in RowReader.Read(span, _opening.Shards))
        {
            RowCount++;
            _rows.Add(row);
            Advance();
        }
    }

    private void TakeEvent(LedgerEvent happened)
    {
        switch (happened)
        {
            case BreakEvent broken:
                _isBroken = true;
                Certificate.Break(broken.Reason);
                break;
            case RestoreEvent restore:
                Restore(restore);
                break;
            default:
                _rows.Take(happened);
                break;
        }

        Advance();
    }

    private void Restore(RestoreEvent restore)
    {
        double distance = _rows.Lose(restore, out List<TicketEntry> lost);
        _conservation.Lose(lost, restore.Shard);
        Certificate.Rebase(distance, _rows.HeldSum);
        _shards[restore.Shard].Restore(restore);
    }

    private void TakeAudit(LedgerSpan span)
    {
        long ticket = span.Count("ticket");
        double exact = span.Real("stale_squared");
        if (ticket < _tickets.Tickets)
        {
            TicketEntry entry = _tickets.At(ticket);
            entry.AuditedSquared = exact;
            CheckAudit(entry);
        }
    }

    private void CheckAudit(TicketEntry entry)
    {
        if (Math.Sqrt(entry.AuditedSquared) > (Math.Sqrt(entry.StaleSquared) * (1 + AuditSlack)) + _conservation.RoundingDistance + AuditSlack)
        {
            _findings.Add(
                FindingKind.Distance, entry.Ticket, -1,
                $"The exact ‖x − v‖² of ticket {entry.Ticket} is {entry.AuditedSquared:g6}, above its bound {entry.StaleSquared:g6}: " +
                "the ledger misses updates, or a rate or norm is wrong.");
        }
    }

    private void Advance()
    {
        while (_rows.TryFinalise(out TicketEntry? entry, out FinalisedTicket ticket))
        {
            if (ticket.IsVoid)
            {
                VoidCount++;
            }
            else
            {
                StepCount++;
                CheckViews(ticket.Row!);
                CheckAudit(entry);
                _conservation.Add(entry);
            }

            if (ticket.IsMeasured)
            {
                Means.Add(ticket);
                Predicted.Add(ticket);
                Condition.Add(ticket);
            }

            Certificate.Add(ticket);
            CutWhatIsDue();
        }
    }

    // The view of a row that was made up for a dead worker says less than was in it, so its log cannot confirm it.
    private void CheckViews(LedgerRow row)
    {
        for (int shard = 0; shard < _shards.Length && !row.IsRebuilt; shard++)
        {
            ViewCheck.Run(row, shard, _shards[shard], _tickets, _findings);
        }
    }

    private void CutWhatIsDue()
    {
        if (_cuts.TryPeek(out LossCut? cut) && cut.Ticket == _rows.Next)
        {
            _conservation.Cut(_cuts.Dequeue());
        }
    }

    private void Forget(long below)
    {
        for (long ticket = _tickets.First; ticket < below; ticket++)
        {
            TicketEntry entry = _tickets.At(ticket);
            foreach (ShardHistory shard in _shards)
            {
                shard.Forget(entry);
            }

            _tickets.DropBelow(ticket + 1);
        }
    }

    private void Finish()
    {
        for (long ticket = _rows.Next; ticket < _closing.Tickets; ticket++)
        {
            TicketEntry? entry = _tickets.Find(ticket);
            if (entry is not { IsSettled: true })
            {
                string what = entry?.Row is null ? "has neither a row nor a word that it is void" : "was never settled";
                _findings.Add(FindingKind.Order, ticket, -1, $"Ticket {ticket} {what}; {_closing.Tickets} tickets were given out.");
            }
        }

        if (RowCount != _closing.Rows)
        {
            _findings.Add(FindingKind.Order, -1, -1, $"The ledger has {RowCount} rows, but says {_closing.Rows} at its end.");
        }

        foreach (ShardHistory shard in _shards)
        {
            shard.Lives[^1].ReadAll();
        }

        Forget(_closing.Tickets);
        UnknownAttributeCount += _shards.Sum(static shard => shard.Lives.Sum(static life => life.UnknownAttributeCount));
        ShardHistories.CheckEnds(_shards, _closing);
        Agreement.Check(this, _closing, _isBroken, _findings);
    }
}
