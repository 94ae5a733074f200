using Microsoft.Extensions.Hosting;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Silo;

/// <summary>Ends the compute threads with the silo. A killed silo stops with a cancelled token: its loops just end.</summary>
internal sealed class ComputePoolLifetime(ComputePool pool) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        pool.Dispose();
        return Task.CompletedTask;
    }
}
