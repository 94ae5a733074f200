using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>Lets clients of other processes of this machine call the grains of a silo. Listens on the loopback address, whatever the silo's is.</summary>
internal sealed class GatewayListener : IDisposable
{
    /// <summary>Connections that were ended because what came was no frame, or did not know the secret.</summary>
    public const string RefusedName = "orleans.inprocess.gateway.refused";

    // Some hundreds of watchers at a time; whoever comes on top is turned away at once.
    private const int ConnectionsMax = 512;

    // Connections that have not shown yet that they know the secret.
    private const int StrangersMax = 64;

    private static readonly Meter Meter = new("Orleans.InProcess");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(RefusedName, "{connection}");

    private readonly SiloRuntime _silo;
    private readonly Socket _socket;
    private readonly int _port;
    private readonly byte[] _secret;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _connections = new();
    private int _strangers;
    private int _disposed;

    /// <summary>Takes the port.</summary>
    /// <exception cref="OrleansConfigurationException">It cannot be had, or its secret cannot be kept.</exception>
    public GatewayListener(SiloRuntime silo)
    {
        _silo = silo;
        _port = silo.GatewayAddress.Endpoint.Port;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, _port));
            _socket.Listen(ConnectionsMax);
            _secret = GatewaySecret.Create(_port);
        }
        catch (SocketException error)
        {
            _socket.Dispose();
            throw new OrleansConfigurationException(
                $"Gateway port {_port} of {IPAddress.Loopback} cannot be had: {error.Message}. End the process that has it, or name another port.", error);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to answer.</summary>
    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(AcceptAsync);
        }
    }

    /// <summary>Closes every connection: whoever waits for an answer learns at once that none will come.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        GatewaySecret.Remove(_port, _secret);
        _stop.Cancel();
        _socket.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _socket.AcceptAsync(_stop.Token);
                if (_connections.Count >= ConnectionsMax || Volatile.Read(ref _strangers) >= StrangersMax)
                {
                    connection.Dispose();
                    continue;
                }

                _connections[connection] = 0;
                Interlocked.Increment(ref _strangers);
                _ = Task.Run(() => ServeAsync(connection));
            }
            catch (SocketException error)
            {
                _silo.Log.LogAcceptFailed(_port, error.Message); // one that went before it was met
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (await IsWelcomeAsync(stream))
            {
                using var session = new GatewaySession(stream, _silo);
                await session.RunAsync(_stop.Token);
            }
        }
        catch (InvalidDataException wrong)
        {
            Refused.Add(1);
            _silo.Log.LogMalformed(_port, wrong.Message);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or the silo goes.
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            _silo.Log.LogGatewayDefect(_port, defect);
        }
        finally
        {
            _connections.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    private async Task<bool> IsWelcomeAsync(Stream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(Handshake.Patience);
        try
        {
            if (await Handshake.AcceptAsync(stream, _secret, _silo.ClusterId, patience.Token) is not { } why)
            {
                return true;
            }

            Refused.Add(1);
            _silo.Log.LogRefused(_port, why);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _strangers);
        }
    }
}
