using System.Collections.Concurrent;
using System.Net;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>A client's connection to one gateway: many calls under way at a time.</summary>
internal sealed class GatewayLink : IDisposable
{
    private readonly Stream _stream;
    private readonly IPEndPoint _gateway;
    private readonly GrainFactory _factory;
    private readonly ConcurrentDictionary<ulong, RemoteCall> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);
    private volatile bool _isClosed;

    public GatewayLink(Stream stream, IPEndPoint gateway, GrainFactory factory)
    {
        (_stream, _gateway, _factory) = (stream, gateway, factory);
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(ReadAsync);
        }
    }

    public bool IsOpen => !_isClosed;

    /// <summary>Sends a call. While the gateway reads nothing, this waits.</summary>
    /// <param name="call">Null when nobody waits for an answer.</param>
    /// <exception cref="SiloUnavailableException">The connection is lost.</exception>
    public async Task SendAsync(RemoteCall? call, ReadOnlyMemory<byte> frame, CancellationToken token)
    {
        if (call is not null)
        {
            _waiting[call.Number] = call;
            if (!call.Bind(this))
            {
                _waiting.TryRemove(call.Number, out _); // it was given up before it was sent
                return;
            }
        }

        await WriteAsync(frame, token);
    }

    /// <summary>Nobody waits for the call any more.</summary>
    public void Forget(ulong number)
    {
        if (_waiting.TryRemove(number, out _))
        {
            var frame = GatewayFrames.Begin(FrameKind.Cancel);
            frame.Varint(number);
            _ = TryWriteAsync(GatewayFrames.End(frame));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close("this client has closed it");

    private async Task TryWriteAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await WriteAsync(frame, CancellationToken.None);
        }
        catch (SiloUnavailableException)
        {
            // Where nothing is read, nothing runs on for nobody.
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken token)
    {
        try
        {
            await _writing.WaitAsync(token);
            try
            {
                // Not cancelled halfway: half a frame would end the connection for all.
                await _stream.WriteAsync(frame, CancellationToken.None);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Close(error.Message);
            throw Lost(error.Message);
        }

        if (_isClosed)
        {
            throw Lost("it was closed");
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await GatewayFrames.ReadAsync(_stream, CancellationToken.None) is { } frame)
            {
                var payload = new WireReader(frame.Payload, _factory);
                if (frame.Kind != FrameKind.Answer)
                {
                    throw payload.Wrong($"a silo sends no {frame.Kind}");
                }

                // An answer that nobody waits for came too late.
                if (_waiting.TryRemove(payload.Varint(), out var call))
                {
                    call.Answer(payload);
                }
            }

            Close("the silo closed it");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Close(error.Message);
        }
    }

    private void Close(string why)
    {
        _isClosed = true;
        _stream.Dispose();
        while (!_waiting.IsEmpty)
        {
            foreach (var number in _waiting.Keys)
            {
                if (_waiting.TryRemove(number, out var call))
                {
                    call.Fail(Lost(why));
                }
            }
        }
    }

    private SiloUnavailableException Lost(string why) => new(
        $"The connection to gateway {_gateway} is lost ({why.TrimEnd('.')}); the call may or may not have run.");
}
