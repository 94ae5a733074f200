namespace Orleans.Runtime;

/// <summary>Anything that a grain id names: a grain or a reference to one.</summary>
public interface IAddressable;

/// <summary>One activation of a grain.</summary>
public interface IGrainContext
{
    /// <summary>A reference to the grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>Type and key.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object; null until it has been made.</summary>
    object? GrainInstance { get; }

    /// <summary>The silo's services, and those scoped to this activation.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Stages and migration participants of this activation.</summary>
    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Starts the end of the activation.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);

    /// <summary>Starts a move to another silo; the request context may hold a placement hint.</summary>
    void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default);
}
