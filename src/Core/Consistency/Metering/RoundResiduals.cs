namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>What workers held back before each of the newest rounds, for tickets of a round that come after a later one began.</summary>
internal sealed class RoundResiduals
{
    // A slot is leased again within a few rounds of its loss; quorum rounds do not run further ahead either.
    private const int RoundsMax = 16;

    private readonly long[] _tickets = [.. Enumerable.Repeat(-1L, RoundsMax)];
    private readonly double[] _norms = new double[RoundsMax];
    private int _next;

    public void Add(long roundTicket, double norm)
    {
        _tickets[_next] = roundTicket;
        _norms[_next] = norm;
        _next = (_next + 1) % RoundsMax;
    }

    public bool TryFind(long roundTicket, out double norm)
    {
        int at = Array.IndexOf(_tickets, roundTicket);
        norm = at < 0 ? 0 : _norms[at];
        return at >= 0;
    }
}
