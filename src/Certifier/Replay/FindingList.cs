namespace OrleansSgd.Certifier.Replay;

/// <summary>Collects what is wrong: all of it is counted, the first of it is kept.</summary>
internal sealed class FindingList
{
    /// <summary>Findings kept: one fault often shows in every later view, and nobody reads more.</summary>
    public const int KeptMax = 100;

    private readonly List<Finding> _kept = [];
    private readonly HashSet<FindingKind> _kinds = [];

    /// <summary>Findings in all.</summary>
    public long Count { get; private set; }

    /// <summary>Those kept, in the order in which they were found.</summary>
    public IReadOnlyList<Finding> Kept => _kept;

    /// <summary>The one of the lowest ticket, the first found of it; null when there is none.</summary>
    public Finding? First { get; private set; }

    /// <summary>True when one of these rules is broken.</summary>
    public bool HasAny(params ReadOnlySpan<FindingKind> kinds)
    {
        foreach (FindingKind kind in kinds)
        {
            if (_kinds.Contains(kind))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes up one finding.</summary>
    public void Add(FindingKind kind, long ticket, int shard, string sentence)
    {
        Count++;
        _kinds.Add(kind);
        bool isFirst = First is not { } first || Rank(ticket) < Rank(first.Ticket);
        if (!isFirst && _kept.Count == KeptMax)
        {
            return;
        }

        var finding = new Finding(kind, ticket, shard, sentence);
        First = isFirst ? finding : First;
        if (_kept.Count < KeptMax)
        {
            _kept.Add(finding);
        }
    }

    // What concerns the whole run comes after what has a ticket.
    private static ulong Rank(long ticket) => (ulong)ticket;
}
