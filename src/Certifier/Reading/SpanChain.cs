namespace OrleansSgd.Certifier.Reading;

/// <summary>Reads one chain in order and holds every span's digest against what it says.</summary>
internal sealed class SpanChain(SpanSource source, IReadOnlyList<SpanAddress> addresses, string name)
{
    private string _digest = "";
    private ulong _start;
    private int _next;

    /// <summary>Spans that began before the one before them: a clock was set back. Nothing depends on it.</summary>
    public int ClockJumpCount { get; private set; }

    /// <summary>Spans in all.</summary>
    public int Count => addresses.Count;

    /// <summary>Tickets below this are named by no span that is still to come.</summary>
    public long TicketMin => _next < addresses.Count ? addresses[_next].TicketMin : long.MaxValue;

    /// <summary>The next span, or null at the end.</summary>
    /// <exception cref="InvalidDataException">Its digest does not fit: it, or the chain before it, was changed.</exception>
    public LedgerSpan? Next()
    {
        if (_next == addresses.Count)
        {
            return null;
        }

        SpanAddress address = addresses[_next];
        LedgerSpan span = source.Read(address);
        string digest = SpanDigest.Of(_digest, span);
        string stated = span.Text(SpanDigest.Field);
        if (digest != stated)
        {
            throw span.Place.Damage(
                $"{span.Name} number {_next} of {name} was changed, or the one before it was: its digest is {digest[..12]}…, " +
                $"and it says {Shown(stated)}. Get the trace as it was written.");
        }

        _digest = digest;
        ClockJumpCount += span.StartNanoseconds < _start ? 1 : 0;
        _start = span.StartNanoseconds;
        _next++;
        return span;
    }

    private static string Shown(string digest) => digest.Length > 12 ? digest[..12] + "…" : digest;
}
