namespace OrleansSgd.Core.Runs;

/// <summary>The first ticket of each of the newest rounds, and which of its slots have had one.</summary>
/// <param name="slots">Most slots of a round.</param>
internal sealed class RoundTickets(int slots)
{
    // Slots of the two newest rounds are computed again; the third is the one that opens meanwhile.
    private const int RoundsKept = 3;

    private readonly Entry[] _entries = [.. Enumerable.Range(0, RoundsKept).Select(_ => new Entry(slots))];

    /// <summary>First ticket given for the round; −1 before.</summary>
    public long FirstOf(long round) => _entries[round % RoundsKept] is { } entry && entry.Round == round ? entry.First : -1;

    /// <summary>Slots of the round that have had a ticket.</summary>
    public int CountOf(long round) => _entries[round % RoundsKept] is { } entry && entry.Round == round ? entry.Count : 0;

    /// <summary>Notes a ticket; true when it is the first one of its slot.</summary>
    public bool Note(long round, int slot, long ticket)
    {
        Entry entry = _entries[round % RoundsKept];
        if (entry.Round != round)
        {
            entry.Begin(round, ticket);
        }

        return entry.TryTake(slot);
    }

    private sealed class Entry(int slots)
    {
        private readonly bool[] _isTaken = new bool[slots];

        public long Round { get; private set; } = -1;

        public long First { get; private set; } = -1;

        public int Count { get; private set; }

        public void Begin(long round, long ticket)
        {
            (Round, First, Count) = (round, ticket, 0);
            Array.Clear(_isTaken);
        }

        public bool TryTake(int slot)
        {
            bool isFirst = !_isTaken[slot];
            _isTaken[slot] = true;
            Count += isFirst ? 1 : 0;
            return isFirst;
        }
    }
}
