using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Data;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Models.Torch;
using OrleansSgd.Silo.Draining;
using OrleansSgd.Storage;

namespace OrleansSgd.Silo;

/// <summary>What every silo of the grid is made of, whoever hosts it: the console, a container, or a test cluster.</summary>
public static class GridServices
{
    /// <summary>A call that takes longer has failed; well above <see cref="GridOptions.HoldTime"/>.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds the grid's services to a silo.</summary>
    /// <param name="silo">The silo being built.</param>
    /// <param name="configure">Changes the options; null keeps the defaults.</param>
    /// <param name="data">Shared by the silos of one process, so that they hold one copy of the data.</param>
    /// <param name="store">Where jobs are kept; null for the one that the options name.</param>
    public static ISiloBuilder AddGrid(
        this ISiloBuilder silo, Action<GridOptions>? configure = null, DataCache? data = null, ICheckpointStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        IServiceCollection services = silo.Services;
        services.AddOptions<GridOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GridOptions>, GridOptionsValidation>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(data ?? new DataCache());
        services.TryAddSingleton(SiloScalingPort.None);
        services.AddSingleton(provider =>
        {
            GridOptions options = provider.GetRequiredService<IOptions<GridOptions>>().Value;
            TorchThreads.Set(options.IntraOpThreads);
            return new ComputePool(options.ComputeThreads, options.Pins, options.IntraOpThreads);
        });
        services.AddHostedService<ComputePoolLifetime>();
        services.AddSingleton(provider => new CheckpointPort(store ?? StoreOf(provider)));

        // Last in, first out: the silo hands over before its threads and its grains end.
        services.AddSingleton<GridDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<GridDrain>());
        services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        services.Configure<ClusterMembershipOptions>(options =>
        {
            // A dead silo is noticed in about 3 s instead of the default 15 s.
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 3;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
        return silo;
    }

    private static ICheckpointStore? StoreOf(IServiceProvider provider)
    {
        string address = provider.GetRequiredService<IOptions<GridOptions>>().Value.Store;
        return address.Length == 0 ? null
            : CheckpointStores.Open(address, new StoreOptions { Time = provider.GetRequiredService<TimeProvider>() });
    }

    private sealed class GridOptionsValidation : IValidateOptions<GridOptions>
    {
        public ValidateOptionsResult Validate(string? name, GridOptions options)
        {
            string[] mistakes =
            [
                .. options.Mistakes(),
                .. options.Store.Length > 0 && CheckpointStores.Mistake(options.Store) is { } mistake ? (string[])[$"Grid:Store: {mistake}"] : [],
            ];
            return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }
    }
}
