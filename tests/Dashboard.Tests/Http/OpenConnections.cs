using System.Diagnostics.Metrics;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>Counts the connections that a server on one port has open, as the server itself measures them.</summary>
internal sealed class OpenConnections : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly int _port;
    private TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _open;

    public OpenConnections(int port)
    {
        _port = port;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "kestrel.active_connections" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, change, tags, _) => Note(change, tags));
        _listener.Start();
    }

    /// <summary>Connections that were opened since this was made.</summary>
    public long Total { get; private set; }

    /// <summary>Waits until all are closed.</summary>
    public Task AllClosedAsync()
    {
        lock (_gate)
        {
            return (_open == 0 ? Task.CompletedTask : _closed.Task).WaitAsync(Patience);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Note(long change, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string name, object? value) in tags)
        {
            if (name == "server.port" && value is int port && port == _port)
            {
                lock (_gate)
                {
                    _open += change;
                    Total += Math.Max(0, change);
                    if (_open == 0)
                    {
                        _closed.TrySetResult();
                        _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    }
                }
            }
        }
    }
}
