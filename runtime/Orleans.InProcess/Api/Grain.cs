using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Base class of grains.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainFactory _factory;

    /// <summary>Made by the runtime only, inside an activation.</summary>
    protected Grain()
    {
        GrainContext = RuntimeContext.Current
            ?? throw new InvalidOperationException($"{GetType()} was created outside a silo; get it from an IGrainFactory.");
        _factory = GrainContext.ActivationServices.GetRequiredService<IGrainFactory>();
    }

    /// <summary>The activation this instance lives in.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain that others may call.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>Type and key, as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>The silo, as text.</summary>
    public string RuntimeIdentity => ServiceProvider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();

    /// <summary>References to other grains, called from this silo.</summary>
    /// <exception cref="InvalidOperationException">It is asked for outside an activation, or in one that is over.</exception>
    protected IGrainFactory GrainFactory
    {
        get
        {
            RuntimeContext.Check();
            return _factory;
        }
    }

    /// <summary>The activation's services: the silo's, and those scoped to this activation.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>Ends this activation once no call is running; the next call makes a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Moves this activation once no call is running, to the hinted silo or to one that placement chooses.</summary>
    protected void MigrateOnIdle() => GrainBaseExtensions.MigrateOnIdle(this);

    /// <summary>Keeps the activation from idle collection for a while; zero or less takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Engine.Activation)GrainContext).DelayDeactivation(timeSpan);

    /// <summary>Runs before the first call; its failure is the failure of the calls that wait.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call, unless the silo was killed; its failure is ignored.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
