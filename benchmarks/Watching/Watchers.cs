using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Benchmarks.Watching;

/// <summary>Many who watch one job at once, until they are disposed of.</summary>
internal abstract class Watchers : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task[] _watching = [];
    private long _heard;

    /// <summary>What came so far, over all of them: frames of a page, or answers.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    /// <summary>Begins to watch; complete once all have heard something.</summary>
    protected async Task BeginAsync(int count, Func<int, CancellationToken, Task> watch)
    {
        _watching = [.. Enumerable.Range(0, count).Select(i => Task.Run(() => watch(i, _end.Token)))];
        while (Heard < count)
        {
            await Task.WhenAny([.. _watching, Task.Delay(20, _end.Token)]);
            if (_watching.FirstOrDefault(one => one.IsFaulted) is { } failed)
            {
                await failed;
            }
        }
    }

    /// <summary>One of them heard something.</summary>
    protected void Hear() => Interlocked.Increment(ref _heard);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}

/// <summary>Pages of the job: each a connection of its own, whose bytes are counted and thrown away, so that nearly all of the cost is the silo's.</summary>
internal sealed class PageWatchers : Watchers
{
    /// <summary>Opens them.</summary>
    public static async Task<PageWatchers> OpenAsync(int count, IPEndPoint web, string job)
    {
        var watchers = new PageWatchers();
        byte[] question = Encoding.ASCII.GetBytes($"GET /api/jobs/{job}/events HTTP/1.1\r\nHost: {web}\r\nAccept: text/event-stream\r\n\r\n");
        await watchers.BeginAsync(count, (_, end) => watchers.WatchAsync(web, question, end));
        return watchers;
    }

    private async Task WatchAsync(IPEndPoint web, byte[] question, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(web, end);
        await socket.SendAsync(question, SocketFlags.None, end);
        byte[] bytes = new byte[16 * 1024];
        int count = await socket.ReceiveAsync(bytes, SocketFlags.None, end);
        if (!bytes.AsSpan(0, count).StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException($"A watcher was refused: {Encoding.ASCII.GetString(bytes, 0, Math.Min(count, 200))}");
        }

        while (count > 0)
        {
            Hear();
            count = await socket.ReceiveAsync(bytes, SocketFlags.None, end);
        }
    }
}

/// <summary>Consoles that watch through the gateway: each a client of its own, which asks twice a second as <c>grid watch</c> does, in held calls.</summary>
internal sealed class CallWatchers : Watchers
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly List<GridClient> _clients = [];

    /// <summary>Opens them.</summary>
    public static async Task<CallWatchers> OpenAsync(int count, IPEndPoint gateway, string job)
    {
        var watchers = new CallWatchers();
        for (int i = 0; i < count; i++)
        {
            watchers._clients.Add(await GridClient.OpenAsync(gateway));
        }

        // They came at different moments.
        await watchers.BeginAsync(count, (i, end) => watchers.WatchAsync(watchers._clients[i].Grains.GetGrain<IJobGrain>(job), Period * i / count, end));
        return watchers;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (GridClient client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task WatchAsync(IJobGrain job, TimeSpan begin, CancellationToken end)
    {
        await Task.Delay(begin, end);
        JobProgress progress = await job.Progress(0);
        while (true)
        {
            Hear();
            await Task.Delay(Period, end);
            progress = await job.WaitFor(progress.Tickets + 1, progress.EventsEnd);
        }
    }
}

/// <summary>A client of the grid.</summary>
internal sealed class GridClient : IAsyncDisposable
{
    private readonly IHost _host;

    private GridClient(IHost host) => _host = host;

    /// <summary>The way to the grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects.</summary>
    public static async Task<GridClient> OpenAsync(IPEndPoint gateway)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client.UseStaticClustering([gateway]).Configure<ClusterOptions>(options =>
        {
            options.ClusterId = $"grid-{gateway.Port}";
            options.ServiceId = "orleans-sgd";
        }));
        IHost host = builder.Build();
        await host.StartAsync();
        return new GridClient(host);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
    }
}
