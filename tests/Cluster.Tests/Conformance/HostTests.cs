using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansSgd.Cluster.Tests.Conformance.Grains;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class HostTests
{
    [Fact]
    public async Task Hosts_that_name_the_same_primary_silo_form_one_grid()
    {
        var ports = FreePorts.Of(4);
        var primary = new IPEndPoint(IPAddress.Loopback, ports[0]);
        using var first = Silo(ports[0], ports[1], primary);
        using var second = Silo(ports[2], ports[3], primary);
        await first.StartAsync();
        await second.StartAsync();
        var key = Journal.NewKey();

        var life = await Factory(first).GetGrain<IProbeGrain>(key).Life();

        Assert.Equal(life, await Factory(second).GetGrain<IProbeGrain>(key).Life());
        Assert.Equal(
            new[] { Address(first), Address(second) }.Order(),
            (await Factory(first).GetGrain<IManagementGrain>(0).GetHosts(true)).Keys.Order());
        await second.StopAsync();
        await first.StopAsync();
    }

    private static IHost Silo(int siloPort, int gatewayPort, IPEndPoint primary)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort, primary, "conformance", "conformance"));
        return builder.Build();
    }

    private static IGrainFactory Factory(IHost host) => host.Services.GetRequiredService<IGrainFactory>();

    private static SiloAddress Address(IHost host) => host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
}
