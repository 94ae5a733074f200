using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Who calls: a silo or a client of one grid. Finds activations and sends calls to them.</summary>
internal abstract class Caller
{
    protected Caller(Grid grid, IServiceProvider services, TimeProvider time)
    {
        Grid = grid;
        Services = services;
        Time = time;
        Waiting = new WaitingCalls(time, () => ResponseTimeout);
        Factory = new GrainFactory(this);
    }

    public Grid Grid { get; }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public WaitingCalls Waiting { get; }

    public GrainFactory Factory { get; }

    /// <summary>True when calls make trace spans, on this side.</summary>
    public bool TracesCalls { get; init; }

    /// <summary>True once the host has stopped; it may not call any more.</summary>
    public bool IsStopped { get; private set; }

    public abstract TimeSpan ResponseTimeout { get; }

    /// <summary>The way to a grid in another process; null when the grid is in this one.</summary>
    public virtual Gateway.GatewayClient? Gateway => null;

    /// <summary>This silo, as a place for grains that prefer to be near their caller.</summary>
    public virtual SiloRuntime? AsSilo => null;

    public SiloUnavailableException Stopped() => new($"{this} has stopped and can call no more.");

    /// <summary>Ends every call that still waits, and refuses later ones.</summary>
    public void StopCalling()
    {
        IsStopped = true;
        Waiting.FailWhere(_ => Stopped());
        Waiting.Dispose();
    }

    /// <summary>Queues a call at the grain's activation, making one if there is none.</summary>
    public void Resend(Call call)
    {
        var id = call.Target.GrainId;
        var grainClass = call.Target.Class;
        try
        {
            call.Target = Grid.Directory.Find(id, grainClass, this, call.Context);
            call.Target.Enqueue(call);
        }
        catch (Exception error)
        {
            call.Fail(error);
        }
    }
}
