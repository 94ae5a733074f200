using System.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>
/// One call of one grain method. The emitted subclass of each method holds the arguments.
/// </summary>
/// <remarks>
/// A call that completes while its caller waits on the stack is reused; one that was queued or awaited never is, since
/// queue, continuation and timeout may still hold it.
/// </remarks>
internal abstract class Call
{
    private static readonly Action<object?> Begin = static state => ((Call)state!).BeginInTurn();
    private static readonly Action<Task, object?> Continue = static (_, state) => ((Call)state!).OnReturned();

    private CancellationTokenRegistration _cancellation;
    private Activity? _activity;

    public required MethodTraits Traits { get; init; }

    /// <summary>The caller's token, when the method takes one.</summary>
    public CancellationToken Token;

    /// <summary>The grain's activation; null when the grid is in another process.</summary>
    public Activation Target = null!;

    /// <summary>The grain, when the grid is in another process.</summary>
    public GrainId RemoteId;
    public Caller Origin = null!;
    public Dictionary<string, object>? Context;
    public ActivityContext Parent;

    /// <summary>What the method returned; set in the turn that began the call.</summary>
    public Task? Returned;

    // Neighbours in the caller's list of calls it waits for, under the list's lock.
    public Call? Next;
    public Call? Previous;
    public bool IsListed;
    public long Deadline;

    /// <summary>True when the first turn left the call unfinished and a continuation will end it.</summary>
    public bool IsContinued;

    public GrainId GrainId => Target?.GrainId ?? RemoteId;

    /// <summary>Whether this call keeps its target from idle collection.</summary>
    public virtual bool CountsAsUse => true;

    /// <summary>True once the caller has an answer, be it a timeout.</summary>
    public abstract bool IsAnswered { get; }

    /// <summary>What the caller awaits; null before <see cref="EnsurePromise"/>.</summary>
    public abstract Task? PromiseTask { get; }

    /// <summary>Makes the task that the caller awaits.</summary>
    public abstract void EnsurePromise();

    /// <summary>Answers the caller with what the method returned.</summary>
    protected abstract void Answer(Task returned);

    /// <summary>Answers the caller with an error; false when it had an answer already.</summary>
    protected abstract bool AnswerError(Exception error);

    protected abstract void AnswerCancelled(CancellationToken token);

    /// <summary>Calls the method.</summary>
    protected abstract Task InvokeTarget(object grain);

    /// <summary>Forgets the arguments, so that a waiting spare holds nothing alive.</summary>
    protected abstract void ClearArguments();

    /// <summary>Runs the first part of the call as one turn. The caller of this owns the turn.</summary>
    public void RunTurn(TaskScheduler scheduler)
    {
        var turn = new Task(Begin, this, CancellationToken.None, TaskCreationOptions.DenyChildAttach);
        turn.RunSynchronously(scheduler);
        if (!Returned!.IsCompleted)
        {
            IsContinued = true;
            if (!Traits.IsOneWay)
            {
                EnsurePromise();
            }

            Returned.ContinueWith(
                Continue, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Ends a call that was queued or awaited: tells the caller.</summary>
    public void Finish()
    {
        var returned = Returned!;
        StopActivity(returned);
        if (Traits.IsOneWay)
        {
            // Nobody waits; the exception counts as seen.
            _ = returned.Exception;
            return;
        }

        Answer(returned);
        Forget();
    }

    /// <summary>Ends the trace span of a call that completed in its turn.</summary>
    public void StopActivity(Task returned)
    {
        if (_activity is { } activity)
        {
            _activity = null;
            Tracing.Stop(activity, returned.Exception?.InnerException);
        }
    }

    /// <summary>Answers the caller with a value that came from another process.</summary>
    public abstract void AnswerValue(object? value);

    /// <summary>Answers the caller who has given up.</summary>
    public void Cancel(CancellationToken token) => AnswerCancelled(token);

    /// <summary>Answers with an error and takes the call off the caller's list.</summary>
    public void Fail(Exception error)
    {
        if (!Traits.IsOneWay)
        {
            EnsurePromise();
            AnswerError(error);
            Forget();
        }
    }

    /// <summary>Sends a call that never began to whatever activation the grain has by now.</summary>
    public virtual void SendOn() => Origin.Resend(this);

    /// <summary>Puts the call on the caller's list, from which timeouts and lost silos are answered.</summary>
    public void Await()
    {
        if (Token.CanBeCanceled)
        {
            _cancellation = Token.UnsafeRegister(
                static (state, token) =>
                {
                    var call = (Call)state!;
                    call.AnswerCancelled(token);
                    call.Origin.Waiting.Remove(call);
                },
                this);
        }

        Origin.Waiting.Add(this);
        if (IsAnswered)
        {
            Forget();
        }
        else if (Target.IsLostTo(Origin))
        {
            Fail(Target.Silo.Lost(this));
        }
        else if (Origin.IsStopped)
        {
            Fail(Origin.Stopped());
        }
    }

    /// <summary>Makes the call fit for another use.</summary>
    protected void Reset()
    {
        Target = null!;
        Origin = null!;
        Context = null;
        Returned = null;
        Token = default;
        ClearArguments();
    }

    private void Forget()
    {
        Origin.Waiting.Remove(this);
        _cancellation.Unregister();
    }

    private void BeginInTurn()
    {
        if (Context is not null)
        {
            RequestContext.Values = Context;
        }

        if (Target.Silo.TracesCalls)
        {
            _activity = Tracing.StartServer(this);
        }

        try
        {
            Returned = InvokeTarget(Target.GrainInstance!)
                ?? throw new InvalidOperationException($"{Traits.Name} of {Target.GrainInstance!.GetType()} returned null instead of a task.");
        }
        catch (Exception error)
        {
            Returned = Task.FromException(error);
        }
    }

    private void OnReturned() => Target.OnReturned(this);
}
