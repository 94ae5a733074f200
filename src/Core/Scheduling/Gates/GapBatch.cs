using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>The mean gap of tickets that one setting of levers has made, and no other.</summary>
/// <remarks>
/// D counts with the weight its ticket has in the certificate, its rate, and is measured in units of the largest rate: late
/// gradients may have a lower one. Tickets up to the end of a pause are left out.
/// </remarks>
internal sealed class GapBatch
{
    private readonly int _length;
    private long _from;
    private int _count;
    private double _weight;
    private double _distance;
    private double _held;
    private long _delayMaxNow;
    private long _delayMaxBefore;

    /// <param name="length">Tickets of a batch, at least 1.</param>
    public GapBatch(int length) => _length = length;

    /// <summary>Largest delay in this batch and the one before.</summary>
    public long DelayMax => Math.Max(_delayMaxNow, _delayMaxBefore);

    /// <summary>True when the batch has its length.</summary>
    public bool IsFull => _count >= _length;

    /// <summary>α: the largest rate of the batch's steps; 0 before the first.</summary>
    public double RateMax { get; private set; }

    /// <summary>Σ αD / Σ α, over the square of the largest α.</summary>
    public double GapMean => _distance / _weight / (RateMax * RateMax);

    /// <summary>The same of what codecs and momentum hold back.</summary>
    public double HeldGapMean => _held / _weight / (RateMax * RateMax);

    /// <summary>Adds a ticket; one that is void, without a rate, or in the pause is left out.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        if (ticket.IsVoid || !(ticket.StepRate > 0))
        {
            return;
        }

        _delayMaxNow = Math.Max(_delayMaxNow, ticket.Delay);
        if (ticket.Ticket < _from)
        {
            return;
        }

        double estimate = ticket.DistanceEstimateSquared;
        _count++;
        _weight += ticket.StepRate;
        RateMax = Math.Max(RateMax, ticket.StepRate);
        _distance += ticket.StepRate * (double.IsNaN(estimate) ? ticket.DistanceBoundSquared : estimate);
        _held += ticket.StepRate * ticket.ResidualDistance * ticket.ResidualDistance;
    }

    /// <summary>Begins the next batch.</summary>
    /// <param name="from">Its first ticket, if that is later than the next.</param>
    public void Restart(long from)
    {
        _from = Math.Max(_from, from);
        _count = 0;
        _weight = 0;
        RateMax = 0;
        _distance = 0;
        _held = 0;
        _delayMaxBefore = _delayMaxNow;
        _delayMaxNow = 0;
    }
}
