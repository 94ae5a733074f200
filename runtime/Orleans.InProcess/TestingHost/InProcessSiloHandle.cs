using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>One silo of a test grid.</summary>
public abstract class SiloHandle : IDisposable, IAsyncDisposable
{
    /// <summary>Which silo it is, counted from the first.</summary>
    public short InstanceNumber { get; set; }

    /// <summary>Its name.</summary>
    public string Name { get; set; } = null!;

    /// <summary>The address of this life of it.</summary>
    public SiloAddress SiloAddress { get; set; } = null!;

    /// <summary>Where clients connect.</summary>
    public SiloAddress GatewayAddress { get; set; } = null!;

    /// <summary>False once it was stopped or killed.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Stops it in good order, or kills it.</summary>
    public abstract Task StopSiloAsync(bool stopGracefully);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <inheritdoc/>
    public override string ToString() => SiloAddress.ToString();

    /// <summary>Stops and frees it.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && IsActive)
        {
            StopSiloAsync(true).GetAwaiter().GetResult();
        }
    }
}

/// <summary>One silo of a test grid, in this process.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private bool _isActive = true;
    private int _disposed;

    /// <summary>The silo's host.</summary>
    public IHost SiloHost { get; init; } = null!;

    /// <summary>The silo's services.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <inheritdoc/>
    public override bool IsActive => _isActive;

    /// <inheritdoc/>
    public override async Task StopSiloAsync(bool stopGracefully)
    {
        if (!_isActive)
        {
            return;
        }

        _isActive = false;
        if (!stopGracefully)
        {
            // The grid loses the silo before its host hears of it, as with a crash.
            Engine.HostParts.KillSilo(SiloHost.Services);
        }

        await Task.Run(() => SiloHost.StopAsync(new CancellationToken(canceled: !stopGracefully)));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            try
            {
                await StopSiloAsync(true);
            }
            finally
            {
                await Free();
                GC.SuppressFinalize(this);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            base.Dispose(disposing);
            SiloHost.Dispose();
        }
    }

    private async ValueTask Free()
    {
        if (SiloHost is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            SiloHost.Dispose();
        }
    }
}
