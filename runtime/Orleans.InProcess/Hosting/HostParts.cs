using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The services of silos and clients.</summary>
internal static class HostParts
{
    // Faults on purpose, for grids that are tested while they run; nothing of the API leads there, so they are found by name.
    private const string Crash = "Orleans.InProcess/crash";
    private const string Partition = "Orleans.InProcess/partition";

    private const string Both =
        "A host is either a silo or a client: UseOrleans alone also gives the services a client has, so take UseOrleansClient away.";

    /// <summary>The host's silo; added at the first call, found at the later ones.</summary>
    public static ISiloBuilder Silo(IServiceCollection services, IConfiguration configuration)
    {
        if (Existing(services) is { } existing)
        {
            return existing as ISiloBuilder ?? throw new OrleansConfigurationException(Both);
        }

        var builder = new Builder(services, configuration);
        services.AddSingleton<BuilderMark>(new BuilderMark(builder));
        AddCommon(services);
        services.AddSingleton<SiloRuntime>();
        services.AddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<SiloRuntime>());
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<SiloRuntime>().Factory);
        services.AddKeyedSingleton<Action>(Crash, (provider, _) => provider.GetRequiredService<SiloRuntime>().Kill);
        services.AddKeyedSingleton<Action>(Partition, (provider, _) => provider.GetRequiredService<SiloRuntime>().CutOff);
        services.AddHostedService<SiloService>();
        return builder;
    }

    /// <summary>The host's client; added at the first call, found at the later ones.</summary>
    public static IClientBuilder Client(IServiceCollection services, IConfiguration configuration)
    {
        if (Existing(services) is { } existing)
        {
            return existing as IClientBuilder ?? throw new OrleansConfigurationException(Both);
        }

        var builder = new ClientSetup(services, configuration);
        services.AddSingleton<BuilderMark>(new BuilderMark(builder));
        AddCommon(services);
        services.AddSingleton<ClientRuntime>();
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<ClientRuntime>().Factory);
        services.AddHostedService<ClientService>();
        return builder;
    }

    /// <summary>Takes the host's silo out of its grid at once.</summary>
    public static void KillSilo(IServiceProvider services) => services.GetRequiredService<SiloRuntime>().Kill();

    private static void AddCommon(IServiceCollection services)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<IClusterClient>());
    }

    private static object? Existing(IServiceCollection services) =>
        services.FirstOrDefault(service => service.ServiceType == typeof(BuilderMark))?.ImplementationInstance is BuilderMark mark ? mark.Builder : null;

    private sealed record BuilderMark(object Builder);

    private sealed record Builder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;

    private sealed record ClientSetup(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;

    private sealed class SiloService(SiloRuntime silo) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => silo.Start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => silo.Stop(cancellationToken);
    }

    private sealed class ClientService(ClientRuntime client) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            if (client.Gateway is { } gateway)
            {
                await gateway.ConnectAsync(cancellationToken);
            }
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            client.Dispose();
            return Task.CompletedTask;
        }
    }
}
