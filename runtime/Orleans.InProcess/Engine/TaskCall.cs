namespace Orleans.Engine;

/// <summary>A call of a method without a result.</summary>
internal abstract class TaskCall : Call
{
    private TaskCompletionSource? _promise;

    /// <inheritdoc/>
    public override bool IsAnswered => _promise is { Task.IsCompleted: true };

    /// <summary>What the caller awaits, once the call did not complete at once.</summary>
    public Task Promise => _promise!.Task;

    /// <inheritdoc/>
    public override Task? PromiseTask => _promise?.Task;

    /// <inheritdoc/>
    public override void EnsurePromise() => _promise ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    protected override void Answer(Task returned)
    {
        EnsurePromise();
        if (returned.IsCompletedSuccessfully)
        {
            _promise!.TrySetResult();
        }
        else if (returned.IsCanceled)
        {
            _promise!.TrySetException(Failures.Of(returned));
        }
        else
        {
            _promise!.TrySetException(returned.Exception!.InnerExceptions);
        }
    }

    /// <inheritdoc/>
    public override void AnswerValue(object? value) => _promise!.TrySetResult();

    /// <inheritdoc/>
    protected override bool AnswerError(Exception error) => _promise!.TrySetException(error);

    /// <inheritdoc/>
    protected override void AnswerCancelled(CancellationToken token) => _promise!.TrySetCanceled(token);

    /// <summary>Takes the outcome of a call that completed in its first turn and makes the call free for reuse.</summary>
    public Task TakeOutcome()
    {
        var returned = Returned!;
        Reset();
        return returned;
    }
}

/// <summary>A call of a method with a result.</summary>
internal abstract class TaskCall<TResult> : Call
{
    private TaskCompletionSource<TResult>? _promise;

    /// <summary>Copies a result that must not be shared; null when it may be.</summary>
    public required Func<TResult, TResult>? CopyResult { get; init; }

    /// <inheritdoc/>
    public override bool IsAnswered => _promise is { Task.IsCompleted: true };

    /// <summary>What the caller awaits, once the call did not complete at once.</summary>
    public Task<TResult> Promise => _promise!.Task;

    /// <inheritdoc/>
    public override Task? PromiseTask => _promise?.Task;

    /// <inheritdoc/>
    public override void EnsurePromise() => _promise ??= new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    protected override void Answer(Task returned)
    {
        EnsurePromise();
        if (returned.IsCompletedSuccessfully)
        {
            try
            {
                var result = ((Task<TResult>)returned).Result;
                _promise!.TrySetResult(CopyResult is null ? result : CopyResult(result));
            }
            catch (Exception error)
            {
                _promise!.TrySetException(error);
            }
        }
        else if (returned.IsCanceled)
        {
            _promise!.TrySetException(Failures.Of(returned));
        }
        else
        {
            _promise!.TrySetException(returned.Exception!.InnerExceptions);
        }
    }

    /// <inheritdoc/>
    public override void AnswerValue(object? value) => _promise!.TrySetResult((TResult)value!);

    /// <inheritdoc/>
    protected override bool AnswerError(Exception error) => _promise!.TrySetException(error);

    /// <inheritdoc/>
    protected override void AnswerCancelled(CancellationToken token) => _promise!.TrySetCanceled(token);

    /// <summary>Takes the outcome of a call that completed in its first turn and makes the call free for reuse.</summary>
    public Task<TResult> TakeOutcome()
    {
        var returned = Returned!;
        Reset();
        if (returned is not Task<TResult> typed)
        {
            // A method that threw before it made its task.
            return Task.FromException<TResult>(Failures.Of(returned));
        }

        if (CopyResult is null || !returned.IsCompletedSuccessfully)
        {
            return typed;
        }

        try
        {
            return Task.FromResult(CopyResult(typed.Result));
        }
        catch (Exception error)
        {
            return Task.FromException<TResult>(error);
        }
    }
}

/// <summary>Exceptions of finished tasks.</summary>
internal static class Failures
{
    /// <summary>The exception of a task that failed or was cancelled.</summary>
    public static Exception Of(Task task) =>
        task.Exception is { } failure ? failure.InnerException! : new TaskCanceledException(task);
}
