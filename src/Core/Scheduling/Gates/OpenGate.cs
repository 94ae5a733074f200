namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Stops nobody: asynchronous steps, and modes in rounds, which have their own order.</summary>
public sealed class OpenGate : IStepGate
{
    /// <inheritdoc/>
    public bool MayBegin(int worker) => true;

    /// <inheritdoc/>
    public void Began(int worker)
    {
        // Nobody waits for it.
    }

    /// <inheritdoc/>
    public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

    /// <inheritdoc/>
    public void Took(int worker, long ticket, double norm)
    {
        // Nobody waits for it.
    }

    /// <inheritdoc/>
    public void Closed(int worker, long ticket)
    {
        // Nobody waited for it.
    }

    /// <inheritdoc/>
    public void Left(int worker)
    {
        // Nobody waited for it.
    }
}
