using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Where an activation is in its life. It only moves forward.</summary>
internal enum ActivationState
{
    /// <summary>Registered; its grain object is being made and OnActivateAsync runs.</summary>
    Activating,

    /// <summary>Takes calls.</summary>
    Valid,

    /// <summary>Takes no more calls; those that come wait and are sent on when it is gone.</summary>
    Deactivating,

    /// <summary>Gone.</summary>
    Invalid,
}

/// <summary>One activation: the grain object, its turns, and which calls may run at once.</summary>
/// <remarks>
/// Everything except the volatile fields is read and changed inside turns only, so it needs no lock. Life.cs holds
/// the beginning and the end of an activation.
/// </remarks>
internal sealed partial class Activation : IGrainContext, ITurnHost, IEquatable<IGrainContext>
{
    private readonly TurnScheduler _turns;

    // Waiting calls begun in one go; then the mailbox has its turn, which counts them.
    private const int StartedMax = 8;

    // Calls that may not start yet, in the order they came.
    private readonly List<Call> _waiting = [];
    private volatile ActivationState _state;
    private volatile bool _killed;
    private volatile bool _cutOff;

    // The call that the others must wait for, as long as it has not ended; null when only interleaving calls run.
    private Call? _blocking;
    private int _running;
    private bool _mayHaveStartable;

    public Activation(SiloRuntime silo, GrainClass grainClass, GrainId id)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = id;
        _turns = new TurnScheduler(this, this);
        LastUsed = silo.IdleClock;
    }

    public SiloRuntime Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices { get; private set; } = null!;

    public IGrainLifecycle ObservableLifecycle => Lifecycle;

    public Task Deactivated => _gone.Task;

    public GrainReference GrainReference => field ??= Silo.Factory.Reference(Class.FirstInterface, GrainId);

    public bool IsKilled => _killed;

    /// <summary>True when calls should look for another activation.</summary>
    public bool IsGone => _state == ActivationState.Invalid;

    /// <summary>As <see cref="IsGone"/>, also when the silo is cut off and only its own calls still find it.</summary>
    public bool IsGoneFor(Caller caller) => _state == ActivationState.Invalid || (_cutOff && !ReferenceEquals(caller, Silo));

    /// <summary>True when a call of this caller will never be answered from here.</summary>
    public bool IsLostTo(Caller caller) => _killed || (_cutOff && !ReferenceEquals(caller, Silo));

    /// <summary>The silo's idle clock when the last call began.</summary>
    public int LastUsed { get; private set; }

    public TaskScheduler Scheduler => _turns;

    private GrainLifecycle Lifecycle { get; } = new();

    /// <summary>
    /// Begins the call on this thread if the activation is idle and may take it; false if it must be queued.
    /// </summary>
    public bool TryRunInline(Call call)
    {
        // Without flow the turn could not be kept apart from the caller's context.
        if (ExecutionContext.Capture() is not { } outerFlow || !_turns.TryEnter())
        {
            return false;
        }

        // A call that arrives while others wait may only pass them when they cannot start, which AfterTurn has seen to.
        var starts = _state == ActivationState.Valid && MayStart(call);
        if (starts)
        {
            var outer = RuntimeContext.Current;
            var outerContext = SynchronizationContext.Current;
            var leavesFlow = !ReferenceEquals(outerFlow, CleanContext.Value);
            RuntimeContext.Current = this;
            if (outerContext is not null)
            {
                SynchronizationContext.SetSynchronizationContext(null);
            }

            if (leavesFlow)
            {
                ExecutionContext.Restore(CleanContext.Value);
            }

            Start(call);

            RuntimeContext.Current = outer;
            if (outerContext is not null)
            {
                SynchronizationContext.SetSynchronizationContext(outerContext);
            }

            if (leavesFlow)
            {
                ExecutionContext.Restore(outerFlow);
            }

            if (_mayHaveStartable || _state != ActivationState.Valid)
            {
                _turns.Post(Nudge.Instance);
            }
        }

        _turns.Exit();
        return starts;
    }

    /// <summary>Queues a call; it is answered through its promise.</summary>
    public void Enqueue(Call call)
    {
        _turns.Post(call);
        if (_killed)
        {
            call.Fail(Silo.Lost(call));
        }
    }

    /// <summary>A call that was begun has ended, on whatever thread ended it.</summary>
    public void OnReturned(Call call)
    {
        if (ReferenceEquals(RuntimeContext.Current, this))
        {
            End(call);
            call.Finish();
        }
        else
        {
            _turns.Post(new Ended(call));
        }
    }

    /// <summary>Runs an action as a turn.</summary>
    public void Post(Action action) => _turns.Post(action);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"{GrainId} on {Silo.SiloAddress}";

    void ITurnHost.RunItem(object item)
    {
        switch (item)
        {
            case Call call:
                _waiting.Add(call);
                _mayHaveStartable = true;
                break;
            case Ended ended:
                End(ended.Call);
                ended.Call.Finish();
                break;
            case Nudge:
                _mayHaveStartable = _waiting.Count > 0;
                break;
            case Action action:
                new Task(action, TaskCreationOptions.DenyChildAttach).RunSynchronously(_turns);
                break;
        }
    }

    void ITurnHost.AfterTurn()
    {
        if (_mayHaveStartable)
        {
            StartWaiting();
        }

        if (_state == ActivationState.Deactivating && _running == 0 && _begun && !_ending)
        {
            _ending = true;
            Post(() => _ = EndLife());
        }
    }

    private bool MayStart(Call call)
    {
        if (_running == 0 || _blocking is null || call.Traits.IsInterleaving || Class.IsReentrant)
        {
            return true;
        }

        return _blocking.Traits.IsReadOnly && call.Traits.IsReadOnly;
    }

    private void Start(Call call)
    {
        _running++;
        if (_blocking is null && !call.Traits.IsInterleaving)
        {
            _blocking = call;
        }

        if (call.CountsAsUse)
        {
            LastUsed = Silo.IdleClock;
        }

        call.RunTurn(_turns);
        var returned = call.Returned!;
        if (returned.IsCompleted && !call.IsContinued)
        {
            call.StopActivity(returned);
            End(call);
        }
    }

    private void End(Call call)
    {
        _running--;
        if (ReferenceEquals(_blocking, call))
        {
            _blocking = null;
        }

        _mayHaveStartable = _waiting.Count > 0;
    }

    private void StartWaiting()
    {
        _mayHaveStartable = false;
        if (_state == ActivationState.Invalid)
        {
            SendOnWaiting();
            return;
        }

        var started = 0;
        for (var index = 0; index < _waiting.Count;)
        {
            if (started == StartedMax)
            {
                _turns.Post(Nudge.Instance);
                break;
            }

            var call = _waiting[index];
            var runs = _state == ActivationState.Valid || (_state == ActivationState.Deactivating && call is TimerTick);
            if (call.IsAnswered)
            {
                // The caller gave up while it waited; it never runs.
                _waiting.RemoveAt(index);
            }
            else if (runs && MayStart(call))
            {
                _waiting.RemoveAt(index);
                started++;
                Start(call);
                if (!call.IsContinued)
                {
                    call.Finish();
                }

                // Whatever ran may have let an earlier one in.
                index = 0;
            }
            else
            {
                index++;
            }
        }

        _mayHaveStartable = false;
    }

    private sealed record Ended(Call Call);

    /// <summary>An item that does nothing but make the mailbox look at what waits.</summary>
    private sealed class Nudge
    {
        public static readonly Nudge Instance = new();
    }
}
