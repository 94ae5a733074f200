namespace Orleans;

/// <summary>Something with stages.</summary>
public interface ILifecycleObservable
{
    /// <summary>Runs an observer at a stage, until the result is disposed.</summary>
    IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
}

/// <summary>What runs at a stage.</summary>
public interface ILifecycleObserver
{
    /// <summary>Runs on the way up, stages ascending.</summary>
    Task OnStart(CancellationToken cancellationToken = default);

    /// <summary>Runs on the way down, stages descending; the token is cancelled already when the silo was killed.</summary>
    Task OnStop(CancellationToken cancellationToken = default);
}

/// <summary>Registered as a service, it subscribes to the stages it needs before the start.</summary>
public interface ILifecycleParticipant<TLifecycleObservable>
    where TLifecycleObservable : ILifecycleObservable
{
    /// <summary>Subscribes.</summary>
    void Participate(TLifecycleObservable lifecycle);
}

/// <summary>The stages of a silo; they stop in descending order.</summary>
public static class ServiceLifecycleStage
{
    /// <summary>Before all others.</summary>
    public const int First = int.MinValue;

    /// <summary>The runtime is made.</summary>
    public const int RuntimeInitialize = 2000;

    /// <summary>The runtime's services start.</summary>
    public const int RuntimeServices = 4000;

    /// <summary>Storage starts.</summary>
    public const int RuntimeStorageServices = 6000;

    /// <summary>Grain services start.</summary>
    public const int RuntimeGrainServices = 8000;

    /// <summary>Grain services have started.</summary>
    public const int AfterRuntimeGrainServices = 8100;

    /// <summary>The application's services start.</summary>
    public const int ApplicationServices = 10000;

    /// <summary>The silo joins; on the way down it stops taking new grains.</summary>
    public const int BecomeActive = Active - 1;

    /// <summary>On the way down its grains deactivate here.</summary>
    public const int GrainDeactivation = BecomeActive - 1;

    /// <summary>The silo takes calls; on the way down this comes first, while grains still live.</summary>
    public const int Active = 20000;

    /// <summary>After all others.</summary>
    public const int Last = int.MaxValue;
}

/// <summary>Subscribing with less ceremony.</summary>
public static class LifecycleExtensions
{
    /// <summary>Runs functions at a stage.</summary>
    public static IDisposable Subscribe(
        this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
    {
        ArgumentNullException.ThrowIfNull(observable);
        ArgumentNullException.ThrowIfNull(onStart);
        return observable.Subscribe(observerName, stage, new Observer(onStart, onStop));
    }

    /// <summary>Runs a function at a stage, on the way up only.</summary>
    public static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
        observable.Subscribe(observerName, stage, onStart, null);

    /// <summary>Runs functions at a stage, under a type's name.</summary>
    public static IDisposable Subscribe<TObserver>(
        this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task> onStop) =>
        observable.Subscribe(typeof(TObserver).FullName!, stage, onStart, onStop);

    /// <summary>Runs an observer at a stage, under a type's name.</summary>
    public static IDisposable Subscribe<TObserver>(this ILifecycleObservable observable, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observable);
        return observable.Subscribe(typeof(TObserver).FullName!, stage, observer);
    }

    private sealed class Observer(Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop) : ILifecycleObserver
    {
        public Task OnStart(CancellationToken cancellationToken) => onStart(cancellationToken);

        public Task OnStop(CancellationToken cancellationToken) => onStop?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }
}
