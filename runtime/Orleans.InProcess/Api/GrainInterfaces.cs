using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain interface.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain interface whose keys are strings.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>A grain interface whose keys are 64-bit integers.</summary>
public interface IGrainWithIntegerKey : IGrain;

/// <summary>What every grain class is to the runtime.</summary>
public interface IGrainBase
{
    /// <summary>The activation this instance lives in.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first call.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call, unless the silo was killed.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
