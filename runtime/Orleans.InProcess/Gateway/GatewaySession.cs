using System.Collections.Concurrent;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>One client that a silo knows: its calls are made as they come, many at a time, and answered as they end.</summary>
/// <remarks>
/// Bounded: while <see cref="CallsMax"/> calls are under way nothing more is read, so the client's writes wait; large calls count against
/// <see cref="LargeMax"/> besides. An answer that the client does not read for <see cref="WritePatience"/> ends the connection.
/// </remarks>
internal sealed class GatewaySession(Stream stream, SiloRuntime silo) : IDisposable
{
    private const int CallsMax = 256;
    private const int LargeMax = 4;
    private const int LargeSize = 1 << 20;

    private static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _calls = new(CallsMax);
    private readonly SemaphoreSlim _large = new(LargeMax);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _cancellable = new();
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Serves until the client goes.</summary>
    /// <exception cref="InvalidDataException">What came is no frame, or none that a client sends.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _closed.Token);
        try
        {
            while (await GatewayFrames.ReadAsync(stream, either.Token) is { } frame)
            {
                var payload = new WireReader(frame.Payload, silo.Factory);
                switch (frame.Kind)
                {
                    case FrameKind.Call:
                        await TakeAsync(payload, frame.Payload.Length >= LargeSize, either.Token);
                        break;
                    case FrameKind.Cancel:
                        Cancel(payload.Varint());
                        break;
                    default:
                        throw payload.Wrong($"a client sends no {frame.Kind}");
                }
            }
        }
        finally
        {
            // Nobody waits for what is still under way.
            foreach (var number in _cancellable.Keys)
            {
                Cancel(number);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _closed.Cancel();

    private async Task TakeAsync(WireReader payload, bool isLarge, CancellationToken token)
    {
        await _calls.WaitAsync(token);
        if (isLarge)
        {
            await _large.WaitAsync(token);
        }

        GatewayCall call;
        try
        {
            call = GatewayCall.Read(payload);
        }
        catch
        {
            Free(isLarge);
            throw;
        }

        if (call.Method is { } method && Array.IndexOf(method.Parameters, typeof(CancellationToken)) is >= 0 and var parameter)
        {
            var source = new CancellationTokenSource();
            _cancellable[call.Number] = source;
            call.Arguments[parameter] = source.Token;
        }

        _ = Task.Run(() => ServeAsync(call, isLarge), CancellationToken.None);
    }

    private async Task ServeAsync(GatewayCall call, bool isLarge)
    {
        try
        {
            object? result = null;
            Exception? error = null;
            try
            {
                result = await call.InvokeAsync(silo);
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                error = thrown;
            }

            if (call.Method is not { IsOneWay: true })
            {
                await AnswerAsync(call, result, error);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await _closed.CancelAsync(); // the client does not read, or has gone
        }
        finally
        {
            if (_cancellable.TryRemove(call.Number, out var source))
            {
                source.Dispose();
            }

            Free(isLarge);
        }
    }

    // One answer at a time lies in memory as bytes.
    private async Task AnswerAsync(GatewayCall call, object? result, Exception? error)
    {
        await _writing.WaitAsync(_closed.Token);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
            patience.CancelAfter(WritePatience);
            await stream.WriteAsync(error is null ? Valued(call, result) : Failed(call.Number, error), patience.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static ReadOnlyMemory<byte> Valued(GatewayCall call, object? result)
    {
        try
        {
            var frame = GatewayFrames.Begin(FrameKind.Answer);
            frame.Varint(call.Number);
            frame.Byte(GatewayCall.Done);
            if (call.Method!.Result is { } type)
            {
                WireValues.Write(frame, result, type);
            }

            return GatewayFrames.End(frame);
        }
        catch (Exception error) when (error is OrleansException or Serialization.CodecNotFoundException)
        {
            return Failed(call.Number, error);
        }
    }

    private static ReadOnlyMemory<byte> Failed(ulong number, Exception error)
    {
        var frame = GatewayFrames.Begin(FrameKind.Answer);
        frame.Varint(number);
        frame.Byte(GatewayCall.Failed);
        WireCodecs.Of(typeof(Exception)).Write(frame, error);
        return GatewayFrames.End(frame);
    }

    private void Cancel(ulong number)
    {
        if (_cancellable.TryRemove(number, out var source))
        {
            source.Cancel();
        }
    }

    private void Free(bool isLarge)
    {
        if (isLarge)
        {
            _large.Release();
        }

        _calls.Release();
    }
}
