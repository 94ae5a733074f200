using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Asynchronous, and held at the distance that the noise makes harmless.</summary>
/// <remarks>
/// Each finalised ticket goes to <see cref="Observe"/>. The gate itself obeys two levers, steps under way and steps ahead; the
/// others, and all of them for the trace, are in <see cref="Levers"/>, for the leases that are given from now on.
/// </remarks>
public sealed class AdaptiveGate : IStepGate
{
    // Long enough for a mean, and several turns of every worker; short enough for some decisions in an epoch.
    private const int BatchLengthMin = 32;
    private const int BatchTurns = 2;

    // A schedule that falls a little with every step makes no jump; a milestone does.
    private const double RateChangeMin = 0.1;

    private readonly AdaptiveController _controller;
    private readonly ConcurrencyGate _concurrency;
    private readonly StalenessGate _ahead;
    private readonly GapBatch _batch;
    private double _rate = double.NaN;

    /// <param name="limits">How far each lever goes.</param>
    /// <param name="stalenessShare">κ, above 0.</param>
    public AdaptiveGate(LeverLimits limits, double stalenessShare)
    {
        _controller = new AdaptiveController(limits, stalenessShare);
        _concurrency = new ConcurrencyGate(limits.Workers, limits.Workers);
        _ahead = new StalenessGate(limits.Workers, Levers.StepsAheadOpen);
        BatchLength = BatchLengthMin + (BatchTurns * limits.Workers);
        _batch = new GapBatch(BatchLength);
    }

    /// <summary>What holds now.</summary>
    public Levers Levers => _controller.Levers;

    /// <summary>B_target at the last decision; NaN before the first.</summary>
    public double Target => _controller.Target;

    /// <summary>Tickets whose mean gap a decision rests on.</summary>
    public int BatchLength { get; }

    /// <summary>Steps begun and not closed.</summary>
    public int UnderWay => _concurrency.UnderWay;

    /// <summary>Takes a finalised ticket; once a batch is full, the controller decides.</summary>
    /// <param name="ticket">In the order of tickets.</param>
    /// <param name="ticketNext">The ticket that will be given next.</param>
    /// <param name="noise">σ²; NaN when it is not known.</param>
    /// <param name="smoothness">L; NaN when it is not known.</param>
    /// <returns>What the controller did; null while a batch fills.</returns>
    /// <remarks>
    /// When the rate falls, D still holds updates of the rate before, and in units of the new rate the gap jumps for as long as
    /// they are missing from views. So a batch at another rate than the one before decides nothing.
    /// </remarks>
    public ControlMove? Observe(in FinalisedTicket ticket, long ticketNext, double noise, double smoothness)
    {
        _batch.Add(ticket);
        if (!_batch.IsFull)
        {
            return null;
        }

        double rate = _batch.RateMax;
        bool hasJumped = Math.Abs(rate - _rate) > RateChangeMin * _rate;
        _rate = rate;
        if (hasJumped)
        {
            _batch.Restart(ticket.Ticket + _batch.DelayMax);
            return null;
        }

        double scale = Levers.RateScale;
        ControlMove move = _controller.Observe(new(_batch.GapMean, noise, smoothness, rate, _batch.HeldGapMean));
        bool hasMoved = move is ControlMove.Tightened or ControlMove.Released;
        _batch.Restart(hasMoved ? Settled(ticketNext) : 0);
        if (hasMoved)
        {
            _concurrency.Limit = Levers.ConcurrencyMax;
            _ahead.StepsAheadMax = Levers.StepsAheadMax;
            _rate *= Levers.RateScale / scale; // a change of its own is no jump: the next batch begins after it
        }

        return move;
    }

    /// <inheritdoc/>
    public bool MayBegin(int worker)
    {
        if (_ahead.MayBegin(worker))
        {
            return _concurrency.MayBegin(worker);
        }

        // It waits for the slowest, who may be behind it in the line.
        _concurrency.Withdraw(worker);
        return false;
    }

    /// <inheritdoc/>
    public void Began(int worker)
    {
        _ahead.Began(worker);
        _concurrency.Began(worker);
    }

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm)
    {
        _ahead.Took(worker, ticket, norm);
        _concurrency.Took(worker, ticket, norm);
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket)
    {
        _ahead.Closed(worker, ticket);
        _concurrency.Closed(worker, ticket);
    }

    /// <inheritdoc/>
    public void Left(int worker)
    {
        _ahead.Left(worker);
        _concurrency.Left(worker);
    }

    // The first ticket whose step has begun under the present levers, and whose view lacks nothing from before them.
    private long Settled(long ticketNext) => ticketNext + _concurrency.UnderWay + _batch.DelayMax;
}
