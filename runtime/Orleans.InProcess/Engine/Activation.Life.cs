using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The beginning and the end of an activation.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<GrainTimer> _timers = [];
    private readonly Lock _timersGate = new();
    private AsyncServiceScope? _scope;
    private DeactivationReason _reason;
    private CancellationToken _deactivation;
    private Action? _cancelActivation;
    private bool _begun;
    private Dictionary<string, object>? _migrationContext;
    private MigrationBag? _luggage;
    private bool _migrates;
    private bool _wasValid;
    private bool _ending;
    private Exception? _activationFailure;
    private long _keptUntil = long.MinValue;

    /// <summary>Makes the grain object and runs OnActivateAsync, on this thread as far as it goes without waiting.</summary>
    /// <param name="requestContext">The request context of the call that brought the grain to life.</param>
    /// <param name="luggage">State of the life before, when the grain moved here.</param>
    public void Begin(Dictionary<string, object>? requestContext, MigrationBag? luggage)
    {
        _luggage = luggage;
        _turns.PostAndRun((Action)(() => _ = BeginLife(requestContext)));
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(RuntimeContext.Current, this))
        {
            StartDeactivation(deactivationReason, cancellationToken);
        }
        else
        {
            Post(() => StartDeactivation(deactivationReason, cancellationToken));
        }
    }

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default)
    {
        var reason = new DeactivationReason(DeactivationReasonCode.Migrating, "The grain moves to another silo.");
        void StartMigration()
        {
            if (_state is not (ActivationState.Activating or ActivationState.Valid) && (_state != ActivationState.Deactivating || _ending))
            {
                return;
            }

            _migrates = true;
            _migrationContext ??= requestContext;
            StartDeactivation(reason, cancellationToken);
        }

        if (ReferenceEquals(RuntimeContext.Current, this))
        {
            StartMigration();
        }
        else
        {
            Post(StartMigration);
        }
    }

    /// <summary>Ends everything at once, as if the machine had gone: no OnDeactivateAsync, no later turn.</summary>
    public void Kill()
    {
        MarkKilled();
        _turns.Kill();
        StopTimers();
        _gone.TrySetResult();
    }

    /// <summary>The first half of <see cref="Kill"/>, which runs no code of the grain.</summary>
    public void MarkKilled()
    {
        _killed = true;
        _state = ActivationState.Invalid;
    }

    /// <summary>Hides it from everybody but its own silo. It goes on as if nothing had happened.</summary>
    public void CutOff() => _cutOff = true;

    public void DelayDeactivation(TimeSpan timeSpan) =>
        _keptUntil = timeSpan <= TimeSpan.Zero
            ? long.MinValue
            : timeSpan == TimeSpan.MaxValue || timeSpan == Timeout.InfiniteTimeSpan ? long.MaxValue : (Silo.Time.GetUtcNow() + timeSpan).Ticks;

    /// <summary>Ends the activation if nothing has used it for so many ticks of the silo's idle clock.</summary>
    public void CollectIfIdle(int idleTicksMin) => Post(() =>
    {
        if (_state == ActivationState.Valid && _running == 0 && _waiting.Count == 0
            && Silo.IdleClock - LastUsed >= idleTicksMin && Silo.Time.GetUtcNow().Ticks >= _keptUntil)
        {
            StartDeactivation(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "No call came for the collection age."), default);
        }
    });

    public void Add(GrainTimer timer)
    {
        lock (_timersGate)
        {
            _timers.Add(timer);
        }
    }

    public void Remove(GrainTimer timer)
    {
        lock (_timersGate)
        {
            _timers.Remove(timer);
        }
    }

    private async Task BeginLife(Dictionary<string, object>? requestContext)
    {
        using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
        _cancelActivation = timeout.Cancel;
        try
        {
            RequestContext.Values = requestContext;
            _scope = Silo.Services.CreateAsyncScope();
            ActivationServices = _scope.Value.ServiceProvider;
            GrainInstance = Class.Create(ActivationServices);
            if (_luggage is { } luggage)
            {
                foreach (var participant in Participants())
                {
                    participant.OnRehydrate(luggage);
                }

                _luggage = null;
            }

            await Lifecycle.Start(timeout.Token);
            await ((IGrainBase)GrainInstance).OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            if (_state == ActivationState.Activating)
            {
                _state = ActivationState.Valid;
            }
        }
        catch (Exception error)
        {
            if (_killed)
            {
                return;
            }

            if (_state == ActivationState.Activating)
            {
                // Otherwise it was told to end before it had begun; the calls that wait go elsewhere.
                _activationFailure = error;
                Silo.Log.LogActivationFailed(GrainId, error);
            }

            StartDeactivation(new DeactivationReason(DeactivationReasonCode.ActivationFailed, error, "Activation failed."), default);
        }
        finally
        {
            _cancelActivation = null;
            _begun = true;
            RequestContext.Clear();
        }

        _mayHaveStartable = true;
    }

    private void StartDeactivation(DeactivationReason reason, CancellationToken token)
    {
        if (_state is ActivationState.Deactivating or ActivationState.Invalid)
        {
            return;
        }

        _wasValid = _state == ActivationState.Valid;
        _reason = reason;
        _deactivation = token;
        _state = ActivationState.Deactivating;
        if (!_wasValid)
        {
            // EndLife runs once the beginning has given up.
            _cancelActivation?.Invoke();
        }
    }

    private async Task EndLife()
    {
        SiloRuntime? target = null;
        MigrationBag? luggage = null;
        try
        {
            StopTimers();
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_deactivation);
            using var timer = Silo.Time.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), timeout, Silo.Collection.DeactivationTimeout, Timeout.InfiniteTimeSpan);
            var whole = true;
            if (_wasValid && GrainInstance is IGrainBase grain)
            {
                try
                {
                    await grain.OnDeactivateAsync(_reason, timeout.Token).WaitAsync(timeout.Token);
                }
                catch (Exception error)
                {
                    whole = false;
                    Silo.Log.LogDeactivationFailed(GrainId, error);
                }
            }

            await Lifecycle.Stop(timeout.Token);
            if (_migrates && whole && _wasValid && !timeout.IsCancellationRequested)
            {
                target = Silo.Grid.Placer.ChooseForMigration(this, _migrationContext);
                if (target is not null)
                {
                    RequestContext.Values = _migrationContext;
                    luggage = new MigrationBag();
                    foreach (var participant in Participants())
                    {
                        participant.OnDehydrate(luggage);
                    }
                }
            }
        }
        catch (Exception error)
        {
            target = null;
            Silo.Log.LogDeactivationFailed(GrainId, error);
        }

        if (_killed)
        {
            return;
        }

        _state = ActivationState.Invalid;
        Silo.Grid.Directory.Replace(this, target, _migrationContext, luggage);
        Silo.Forget(this);
        if (_scope is { } scope)
        {
            try
            {
                await scope.DisposeAsync();
                await DisposeInstance();
            }
            catch (Exception error)
            {
                Silo.Log.LogDeactivationFailed(GrainId, error);
            }
        }

        _gone.TrySetResult();
        _mayHaveStartable = true;
    }

    private async ValueTask DisposeInstance()
    {
        switch (GrainInstance)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private IEnumerable<IGrainMigrationParticipant> Participants()
    {
        if (GrainInstance is IGrainMigrationParticipant grain)
        {
            yield return grain;
        }

        foreach (var participant in Lifecycle.Participants)
        {
            yield return participant;
        }
    }

    private void SendOnWaiting()
    {
        var calls = _waiting.ToArray();
        _waiting.Clear();
        foreach (var call in calls)
        {
            if (call is TimerTick || call.IsAnswered)
            {
                continue;
            }

            if (_activationFailure is { } failure)
            {
                call.Fail(failure);
            }
            else
            {
                call.SendOn();
            }
        }
    }

    private void StopTimers()
    {
        GrainTimer[] timers;
        lock (_timersGate)
        {
            timers = [.. _timers];
            _timers.Clear();
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }
}
