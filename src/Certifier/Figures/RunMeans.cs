using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier.Figures;

/// <summary>Means and maxima over the run.</summary>
internal sealed class RunMeans
{
    private double _delays;
    private double _gaps;

    public long Count { get; private set; }

    public long DelayMax { get; private set; }

    /// <summary>NaN before the first ticket, as the gap's.</summary>
    public double DelayMean => Count == 0 ? double.NaN : _delays / Count;

    public double GapMean => Count == 0 ? double.NaN : _gaps / Count;

    public double GapMax { get; private set; }

    /// <summary>Adds a finalised ticket whose gap counts.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        Count++;
        _delays += ticket.Delay;
        _gaps += ticket.Gap;
        DelayMax = Math.Max(DelayMax, ticket.Delay);
        GapMax = Math.Max(GapMax, ticket.Gap);
    }
}
