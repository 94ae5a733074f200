using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansSgd.Deployment.Tests.Clustering;

/// <summary>A silo that is set up and never built: what it was given can be asked for.</summary>
internal sealed class ProbeBuilder : ISiloBuilder, IClientBuilder
{
    public IServiceCollection Services { get; } = new ServiceCollection().AddOptions();

    public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
}
