using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Simulator.Faults.Facts;

/// <summary>All facts of one run, in the order they happened.</summary>
internal sealed class RunFacts(FaultPlan plan, VirtualTime time)
{
    private readonly List<Fact> _all = [];
    private readonly List<double> _moments = [];

    public FaultPlan Plan => plan;

    public IReadOnlyList<Fact> All => _all;

    /// <summary>When each fact happened, in microseconds.</summary>
    public IReadOnlyList<double> Moments => _moments;

    /// <summary>Events that happened, most of which left no fact.</summary>
    public long Events => time.EventCount;

    /// <summary>True when the run came to its end.</summary>
    public bool IsEnded => _all.Count > 0 && _all[^1] is Ended;

    public void Add(Fact fact)
    {
        _all.Add(fact);
        _moments.Add(time.Now);
    }

    /// <summary>True when it is known of every ticket below this one what became of it.</summary>
    /// <param name="untold">Facts that are known and not told yet.</param>
    public bool IsToldBelow(long ticket, IEnumerable<LedgerFact> untold)
    {
        HashSet<long> told =
        [
            .. Of<RowArrived>().Select(row => row.Ticket),
            .. Of<Told>().Select(one => one.Fact).Concat(untold).Where(IsEnd).Select(fact => fact.Ticket),
        ];
        return told.Count(one => one < ticket) == ticket;
    }

    /// <summary>The run goes on from a checkpoint: nothing of the tickets from its own on counts any more.</summary>
    /// <param name="ticket">The first ticket that does not count.</param>
    /// <param name="mark">Facts before it were there when the checkpoint was taken.</param>
    /// <remarks>What members did and saw stays; it is what the coordinator decided and was told that is forgotten.</remarks>
    public void Resume(long ticket, int mark)
    {
        int kept = mark;
        for (int i = mark; i < _all.Count; i++)
        {
            bool isKept = _all[i] switch
            {
                TicketGiven or CutRead or Carried => false,
                RowArrived row => row.Ticket < ticket,
                Told told => (IsEnd(told.Fact) || told.Fact.Kind == LedgerFactKind.Settle) && told.Fact.Ticket < ticket,
                _ => true,
            };
            if (isKept)
            {
                (_all[kept], _moments[kept]) = (_all[i], _moments[i]);
                kept++;
            }
        }

        _all.RemoveRange(kept, _all.Count - kept);
        _moments.RemoveRange(kept, _moments.Count - kept);
        Add(new Resumed(ticket));
    }

    public IEnumerable<T> Of<T>() where T : Fact => _all.OfType<T>();

    private static bool IsEnd(LedgerFact fact) => fact.Kind is LedgerFactKind.Void or LedgerFactKind.Orphan;
}
