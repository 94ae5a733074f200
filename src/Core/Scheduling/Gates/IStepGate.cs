namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>What a mode says of one step: whether it may begin, and whether its ticket may be given.</summary>
/// <remarks>
/// A step begins when its worker is let go to pull a view, takes its ticket after the gradient, and is closed once every
/// shard has its update or none ever will. Pure: equal calls give equal answers. Norms are in parameter units.
/// </remarks>
public interface IStepGate
{
    /// <summary>Whether the worker may begin a step now; if not, it asks again after any other call here.</summary>
    bool MayBegin(int worker);

    /// <summary>The worker begins a step: what it pulls from now on is its view.</summary>
    void Began(int worker);

    /// <summary>Whether the worker may have its ticket now.</summary>
    /// <param name="worker">One that has begun.</param>
    /// <param name="norm">At least the norm of its update.</param>
    TicketVerdict MayTake(int worker, double norm);

    /// <summary>The worker has its ticket.</summary>
    void Took(int worker, long ticket, double norm);

    /// <summary>Every shard has the ticket's update, or none ever will.</summary>
    void Closed(int worker, long ticket);

    /// <summary>This life of the worker is over, or it has nothing more to do. A ticket of its that is open stays open.</summary>
    void Left(int worker);
}

/// <summary>The answer to a worker that asks for a ticket.</summary>
public enum TicketVerdict : byte
{
    /// <summary>Use the ticket that comes with the verdict.</summary>
    Given = 0,

    /// <summary>Not now: ask again.</summary>
    Held = 1,

    /// <summary>The view has become too old: pull again, compute again, and then ask again.</summary>
    Stale = 2,

    /// <summary>This life of the worker is over: stop.</summary>
    Fenced = 3,
}
