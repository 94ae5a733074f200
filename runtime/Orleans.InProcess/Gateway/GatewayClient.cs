using System.Net;
using System.Net.Sockets;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>A client's way to a grid in another process of this machine: one connection at a time, made anew when it was lost.</summary>
/// <remarks>Calls that were under way when a connection breaks fail, as they may have run; later ones wait until there is another, or fail for want of one.</remarks>
internal sealed class GatewayClient(IReadOnlyList<IPEndPoint> gateways, string cluster, Caller owner) : IDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly CancellationTokenSource _stop = new();
    private volatile GatewayLink? _link;
    private long _lastNumber;

    /// <summary>Connects.</summary>
    /// <exception cref="SiloUnavailableException">No gateway answers as it should.</exception>
    public async Task<GatewayLink> ConnectAsync(CancellationToken token)
    {
        if (_link is { IsOpen: true } open)
        {
            return open;
        }

        await _connecting.WaitAsync(token);
        try
        {
            return _link is { IsOpen: true } known ? known : _link = await ConnectAnyAsync(token);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Sends a call; its promise is kept, whatever happens.</summary>
    public void Send(Call call, GrainId id)
    {
        var isOneWay = call.Traits.IsOneWay;
        if (!isOneWay)
        {
            call.EnsurePromise();
        }

        WireWriter frame;
        var number = (ulong)Interlocked.Increment(ref _lastNumber);
        try
        {
            frame = GatewayCall.Write(number, call, id, call.Traits.Timeout ?? owner.ResponseTimeout);
        }
        catch (Exception error) when (error is OrleansException or Serialization.CodecNotFoundException)
        {
            call.Fail(error);
            return;
        }

        var waiting = isOneWay ? null : new RemoteCall(number, call, owner);
        waiting?.Begin();
        _ = DeliverAsync(waiting, GatewayFrames.End(frame));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _link?.Dispose();
    }

    private async Task DeliverAsync(RemoteCall? waiting, ReadOnlyMemory<byte> frame)
    {
        try
        {
            var link = await ConnectAsync(_stop.Token);
            await link.SendAsync(waiting, frame, _stop.Token);
        }
        catch (SiloUnavailableException error)
        {
            waiting?.Fail(error);
        }
        catch (OperationCanceledException)
        {
            waiting?.Fail(owner.Stopped());
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            waiting?.Fail(defect);
        }
    }

    private async Task<GatewayLink> ConnectAnyAsync(CancellationToken token)
    {
        Exception? last = null;
        foreach (var gateway in gateways)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
                patience.CancelAfter(Handshake.Patience);
                await socket.ConnectAsync(gateway, patience.Token);
                var stream = new NetworkStream(socket, ownsSocket: true);
                await Handshake.JoinAsync(stream, GatewaySecret.Read(gateway.Port), cluster, patience.Token);
                return new GatewayLink(stream, gateway, owner.Factory);
            }
            catch (Exception error) when (error is SocketException or IOException or SiloUnavailableException)
            {
                socket.Dispose();
                last = error;
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                socket.Dispose();
                last = new TimeoutException($"It did not answer within {Handshake.Patience}.");
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new SiloUnavailableException(
            $"No gateway of cluster '{cluster}' can be reached at {string.Join(", ", gateways)}: {last?.Message ?? "none is named."}", last!);
    }
}
