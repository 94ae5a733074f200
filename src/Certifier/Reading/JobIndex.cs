namespace OrleansSgd.Certifier.Reading;

/// <summary>Where the spans of one job stand, chain by chain, and what must be known before the first row is replayed.</summary>
internal sealed class JobIndex(string job)
{
    private readonly List<SpanAddress> _ledger = [];
    private readonly SortedDictionary<(int Shard, int Incarnation), List<SpanAddress>> _lives = [];
    private long _generation = 1;

    /// <summary>Id of the job.</summary>
    public string Job { get; } = job;

    /// <summary>Null until its span was seen.</summary>
    public LedgerOpening? Opening { get; private set; }

    /// <summary>Null until its span was seen.</summary>
    public LedgerClosing? Closing { get; private set; }

    /// <summary>Every restore with its sequence, in order once <see cref="Finish"/> was called.</summary>
    public List<(long Sequence, RestoreEvent Restore)> Restores { get; } = [];

    /// <summary>Every resumption with its sequence, in order once <see cref="Finish"/> was called.</summary>
    public List<(long Sequence, ResumeEvent Resume)> Resumptions { get; } = [];

    /// <summary>Every loss with its sequence, in order once <see cref="Finish"/> was called: a loss may be told long after its ticket.</summary>
    public List<(long Sequence, LossCut Cut, TracePlace Place)> Cuts { get; } = [];

    /// <summary>The job's own chain, by sequence once <see cref="Finish"/> was called.</summary>
    public IReadOnlyList<SpanAddress> Ledger => _ledger;

    /// <summary>The log of each life of each shard, by sequence once <see cref="Finish"/> was called.</summary>
    public IReadOnlyDictionary<(int Shard, int Incarnation), List<SpanAddress>> Lives => _lives;

    /// <summary>Takes up one span.</summary>
    /// <param name="address">Where it is; its sequence is filled in here.</param>
    public void Add(LedgerSpan span, SpanAddress address)
    {
        address = address with { Sequence = span.Count("sequence") };
        switch (span.Name)
        {
            case "ledger.applied":
                var life = ((int)span.Integer("shard", 0, int.MaxValue), (int)span.Integer("incarnation", 0, int.MaxValue));
                if (!_lives.TryGetValue(life, out List<SpanAddress>? log))
                {
                    _lives.Add(life, log = []);
                }

                log.Add(address);
                return;
            case not null when !IsOfNewest(span):
                return;
            case "ledger.open":
                Opening ??= LedgerOpening.Read(span);
                break;
            case "ledger.close":
                Closing ??= LedgerClosing.Read(span);
                break;
            case "ledger.rows":
                address = address with { TicketMin = OldestOf(RowReader.Read(span, Shards(span))) };
                break;
            case "ledger.event":
                address = address with { TicketMin = OldestOf(LedgerEvent.Read(span, Shards(span)), address.Sequence) };
                break;
            case "ledger.audit":
                address = address with { TicketMin = span.Count("ticket") };
                break;
            case "ledger.cut":
                Cuts.Add((address.Sequence, LossCut.Read(span, Shards(span)), span.Place));
                break;
            default:
                throw span.Place.Damage($"{span.Name} is no span of layout {LedgerOpening.Layout}; certify with the version that wrote the trace.");
        }

        _ledger.Add(address);
    }

    /// <summary>Everything was added: puts chains into order and checks that nothing is missing or doubled.</summary>
    /// <exception cref="InvalidDataException">A chain has a gap or a repeat, or the ledger lacks its beginning or end.</exception>
    public void Finish(IReadOnlyList<string> files)
    {
        Order(_ledger, files, $"The ledger of job {Job}");
        foreach (((int shard, int incarnation), List<SpanAddress> log) in _lives)
        {
            Order(log, files, $"The log of shard {shard}, incarnation {incarnation}, of job {Job}");
        }

        if (Opening is null)
        {
            throw new InvalidDataException($"Job {Job} has no ledger.open; give the trace of the silo that coordinated it too.");
        }

        if (Closing is null)
        {
            throw new InvalidDataException(
                $"Job {Job} has no ledger.close: the run was killed, or the file was cut off. Give the whole trace; " +
                "a run without its end cannot be certified.");
        }

        Restores.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        Resumptions.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        Cuts.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        for (int i = 1; i < Cuts.Count; i++)
        {
            if (Cuts[i].Cut.Ticket <= Cuts[i - 1].Cut.Ticket)
            {
                throw Cuts[i].Place.Damage($"the loss at ticket {Cuts[i].Cut.Ticket} follows that at {Cuts[i - 1].Cut.Ticket}; cuts ascend.");
            }
        }

        long min = long.MaxValue;
        for (int i = _ledger.Count - 1; i >= 0; i--)
        {
            min = Math.Min(min, _ledger[i].TicketMin);
            _ledger[i] = _ledger[i] with { TicketMin = min };
        }
    }

    // Each coordinator of a job writes the whole ledger of what still counts, so the newest one's says everything.
    private bool IsOfNewest(LedgerSpan span)
    {
        long generation = span.Has("generation") ? span.Integer("generation", 1, int.MaxValue) : 1;
        if (generation > _generation)
        {
            _generation = generation;
            _ledger.Clear();
            Restores.Clear();
            Resumptions.Clear();
            Cuts.Clear();
            Opening = null;
            Closing = null;
        }

        return generation == _generation;
    }

    private static long OldestOf(LedgerRow[] rows)
    {
        long min = long.MaxValue;
        foreach (LedgerRow row in rows)
        {
            min = Math.Min(min, row.TicketMin);
        }

        return min;
    }

    private long OldestOf(LedgerEvent happened, long sequence)
    {
        switch (happened)
        {
            case RestoreEvent restore:
                Restores.Add((sequence, restore));
                return restore.TicketMin;
            case ResumeEvent resume:
                Resumptions.Add((sequence, resume));
                return long.MaxValue;
            case VoidEvent none:
                return none.Ticket;
            case SettleEvent settle:
                return settle.Ticket;
            default:
                return long.MaxValue;
        }
    }

    private static void Order(List<SpanAddress> chain, IReadOnlyList<string> files, string name)
    {
        chain.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        for (int i = 0; i < chain.Count; i++)
        {
            if (chain[i].Sequence == i)
            {
                continue;
            }

            SpanAddress at = chain[i];
            var place = new TracePlace(files[at.File], at.Line);
            throw place.Damage(at.Sequence < i
                ? $"{name} has sequence {at.Sequence} twice; a line was doubled, or the same trace was given twice."
                : $"{name} goes on at sequence {at.Sequence}, but {i} is missing; lines were removed, or another silo's trace was not given.");
        }
    }

    private int Shards(LedgerSpan span) => Opening?.Shards
        ?? throw span.Place.Damage($"{span.Name} of job {Job} comes before its ledger.open; give the file with ledger.open first.");
}
