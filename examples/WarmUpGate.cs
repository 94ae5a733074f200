using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Examples;

/// <summary>Lets one worker make the first steps alone, and everybody the rest: near x₀ gradients are long, and a stale view costs most.</summary>
/// <remarks>
/// An example of a gate; docs/guides/extending.md goes through it. Whoever begins first leads. Nobody waits for ever: when the leader leaves, the
/// next that asks leads, and steps that are closed count whoever made them.
/// </remarks>
public sealed class WarmUpGate : IStepGate
{
    private const int Nobody = -1;

    private readonly long _steps;
    private long _closed;
    private int _leader = Nobody;

    /// <param name="steps">Steps that are made alone, 0 or more.</param>
    public WarmUpGate(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        _steps = steps;
    }

    /// <summary>Whether one worker is still alone.</summary>
    public bool IsWarmingUp => _closed < _steps;

    /// <inheritdoc/>
    public bool MayBegin(int worker) => !IsWarmingUp || _leader == Nobody || _leader == worker;

    /// <inheritdoc/>
    public void Began(int worker) => _leader = _leader == Nobody ? worker : _leader;

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm)
    {
        // A ticket changes nothing here: what counts is that its update has arrived.
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket) => _closed++;

    /// <inheritdoc/>
    public void Left(int worker) => _leader = _leader == worker ? Nobody : _leader;
}
