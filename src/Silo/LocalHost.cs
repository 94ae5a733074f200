using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Silo.Draining;

namespace OrleansSgd.Silo;

/// <summary>The host of one silo of a <see cref="LocalGrid"/>.</summary>
internal sealed class LocalHost(int index, IHost host)
{
    public int Index => index;

    public string Address { get; } = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();

    /// <summary>Changed under the grid's lock.</summary>
    public LocalSiloState State { get; set; }

    public IServiceProvider Services => host.Services;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public GridDrain Drain => host.Services.GetRequiredService<GridDrain>();

    public ComputePool Pool => host.Services.GetRequiredService<ComputePool>();

    public static string NameOf(int index) => string.Create(null, $"silo-{index}");

    public LocalSilo ToSilo() => new(index, NameOf(index), Address, State);

    /// <summary>Stops in good order.</summary>
    public async Task StopAsync()
    {
        try
        {
            await host.StopAsync();
        }
        finally
        {
            await FreeAsync();
        }
    }

    /// <summary>Vanishes.</summary>
    public async Task CrashAsync()
    {
        SiloFaults.Crash(host.Services);
        try
        {
            // Not on the caller's thread: the silo's own grains may be what calls.
            await Task.Run(() => host.StopAsync(new CancellationToken(canceled: true)));
        }
        catch (OperationCanceledException)
        {
            // What a cancelled stop ends with; the silo is gone either way.
        }
        finally
        {
            await FreeAsync();
        }
    }

    private async ValueTask FreeAsync()
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }
}
