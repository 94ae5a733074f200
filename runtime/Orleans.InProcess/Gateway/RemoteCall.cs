using Orleans.Engine;

namespace Orleans.Gateway;

/// <summary>A call that waits for its answer from a gateway.</summary>
internal sealed class RemoteCall(ulong number, Call call, Caller owner)
{
    private readonly Type? _result = call.Traits.Method!.ReturnType is { IsGenericType: true } returned ? returned.GetGenericArguments()[0] : null;
    private readonly Lock _gate = new();
    private CancellationTokenRegistration _cancellation;
    private GatewayLink? _link;
    private bool _isOver;

    public ulong Number => number;

    /// <summary>The caller waits from now on, for as long as a call may take or until it gives up.</summary>
    public void Begin()
    {
        owner.Waiting.Add(call);
        _ = call.PromiseTask!.ContinueWith(
            static (_, state) => ((RemoteCall)state!).End(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (call.Token.CanBeCanceled)
        {
            _cancellation = call.Token.UnsafeRegister(static (state, token) => ((RemoteCall)state!).Cancel(token), this);
        }

        if (owner.IsStopped)
        {
            Fail(owner.Stopped());
        }
    }

    /// <summary>The call is about to be sent there.</summary>
    /// <returns>False when nobody waits for it any more.</returns>
    public bool Bind(GatewayLink link)
    {
        lock (_gate)
        {
            _link = link;
            return !_isOver;
        }
    }

    /// <summary>Answers the caller.</summary>
    /// <exception cref="InvalidDataException">It is no answer to this call.</exception>
    public void Answer(WireReader payload)
    {
        try
        {
            switch (payload.Byte())
            {
                case GatewayCall.Done:
                    var value = _result is null ? null : WireValues.Read(payload, _result);
                    call.AnswerValue(value);
                    owner.Waiting.Remove(call);
                    break;
                case GatewayCall.Failed:
                    Fail((Exception)WireCodecs.Of(typeof(Exception)).Read(payload, payload.Reserve()));
                    break;
                case var other:
                    throw payload.Wrong($"verdict {other} is not known");
            }
        }
        catch (InvalidDataException error)
        {
            Fail(error);
            throw;
        }
    }

    public void Fail(Exception error) => call.Fail(error);

    private void Cancel(CancellationToken token)
    {
        call.Cancel(token);
        owner.Waiting.Remove(call);
    }

    // However it ended: one that was given up is not carried on there either.
    private void End()
    {
        GatewayLink? link;
        lock (_gate)
        {
            _isOver = true;
            link = _link;
        }

        _cancellation.Unregister();
        link?.Forget(number);
    }
}
