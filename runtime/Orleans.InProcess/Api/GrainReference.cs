using Orleans.Engine;

namespace Orleans.Runtime;

/// <summary>Names a grain and calls it; the runtime emits a subclass for each grain interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly GrainClass? _class;
    private Activation? _activation;

    internal GrainReference(GrainFactory factory, GrainId grainId, GrainClass? grainClass)
    {
        Factory = factory;
        GrainId = grainId;
        _class = grainClass;
    }

    /// <summary>The grain.</summary>
    public GrainId GrainId { get; }

    internal GrainFactory Factory { get; }

    /// <summary>The same grain through another interface.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => this.AsReference<TGrainInterface>();

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    /// <summary>Whether both name the same grain.</summary>
    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    /// <summary>Whether the grains differ.</summary>
    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    /// <summary>Sends a call without a result; called by emitted code.</summary>
    internal Task Send<TCall>(TCall call)
        where TCall : TaskCall
    {
        if (Begin(call, out var refusal))
        {
            var outcome = call.TakeOutcome();
            Spare<TCall>.Return(call);
            return outcome;
        }

        return refusal is not null
            ? Task.FromException(refusal)
            : call.Traits.IsOneWay ? Task.CompletedTask : call.Promise;
    }

    /// <summary>Sends a call with a result; called by emitted code.</summary>
    internal Task<TResult> SendFor<TResult, TCall>(TCall call)
        where TCall : TaskCall<TResult>
    {
        if (Begin(call, out var refusal))
        {
            var outcome = call.TakeOutcome();
            Spare<TCall>.Return(call);
            return outcome;
        }

        return refusal is not null ? Task.FromException<TResult>(refusal) : call.Promise;
    }

    /// <summary>Begins the call; true when it is over already and was never shared with another thread.</summary>
    private bool Begin(Call call, out Exception? refusal)
    {
        // Inside a grain the caller is that grain's silo, wherever the reference came from.
        var origin = RuntimeContext.Current?.Silo ?? Factory.Caller;
        call.Origin = origin;
        refusal = null;
        if (origin.IsStopped)
        {
            refusal = origin.Stopped();
            return false;
        }

        if (call.Token.IsCancellationRequested)
        {
            refusal = new OperationCanceledException(call.Token);
            return false;
        }

        call.Context = RequestContext.Values;
        if (origin.Gateway is { } gateway)
        {
            call.RemoteId = GrainId;
            gateway.Send(call, GrainId);
            return false;
        }

        var activation = _activation;
        if (activation is null || activation.IsGoneFor(origin))
        {
            try
            {
                activation = Locate(origin, call.Context);
            }
            catch (Exception error)
            {
                refusal = error;
                return false;
            }
        }

        call.Target = activation;
        if (origin.TracesCalls && Tracing.StartClient(call) is { } activity)
        {
            call.EnsurePromise();
            Tracing.StopWhenAnswered(activity, call);
            Queue(call, activation);
            return false;
        }

        if (call.Traits.IsOneWay || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Queue(call, activation);
            return false;
        }

        if (!activation.TryRunInline(call))
        {
            Queue(call, activation);
            return false;
        }

        if (!call.IsContinued)
        {
            return true;
        }

        call.Await();
        return false;
    }

    private static void Queue(Call call, Activation activation)
    {
        if (!call.Traits.IsOneWay)
        {
            call.EnsurePromise();
            call.Await();
        }

        activation.Enqueue(call);
    }

    private Activation Locate(Caller origin, Dictionary<string, object>? context)
    {
        var grainClass = _class ?? throw new InvalidOperationException($"{this} has no interface; cast it to one before calling.");
        return _activation = origin.Grid.Directory.Find(GrainId, grainClass, origin, context);
    }
}
