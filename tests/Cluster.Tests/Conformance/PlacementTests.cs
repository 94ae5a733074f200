using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class PlacementTests(GridFixture fixture)
{
    [Fact]
    public async Task A_hint_places_a_new_activation()
    {
        for (var turn = 0; turn < 6; turn++)
        {
            var silo = turn % 2 == 0 ? fixture.First : fixture.Second;
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);

            Assert.Equal(silo.ToString(), await fixture.Probe($"{Journal.NewKey()}{turn}").WhereAmI());
        }
    }

    [Fact]
    public async Task A_hint_that_names_no_living_silo_is_ignored()
    {
        RequestContext.Set(
            IPlacementDirector.PlacementHintKey, SiloAddress.New(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1), 1));

        var where = await fixture.Probe(Journal.NewKey()).WhereAmI();

        Assert.Contains(where, fixture.Grid.Silos.Select(silo => silo.SiloAddress.ToString()));
    }

    [Fact]
    public async Task Prefer_local_places_the_grain_beside_its_caller()
    {
        for (var turn = 0; turn < 6; turn++)
        {
            var key = $"{Journal.NewKey()}{turn}";
            var (factory, silo) = turn % 2 == 0 ? (fixture.FirstFactory, fixture.First) : (fixture.SecondFactory, fixture.Second);

            Assert.Equal(silo.ToString(), await factory.GetGrain<ILocalGrain>(key).WhereAmI());
        }
    }

    [Fact]
    public async Task Hash_based_placement_puts_a_key_back_where_it_was()
    {
        var grain = fixture.Grid.Client.GetGrain<IHashedGrain>(Journal.NewKey());
        var where = await grain.WhereAmI();

        await fixture.Grid.DeactivateAsync(grain);

        Assert.Equal(where, await grain.WhereAmI());
    }

    [Fact]
    public async Task The_management_grain_names_the_active_silos()
    {
        var hosts = await fixture.Grid.Client.GetGrain<IManagementGrain>(0).GetHosts(true);

        Assert.Equal(
            fixture.Grid.Silos.Select(silo => silo.SiloAddress).Order(),
            hosts.Keys.Order());
        Assert.All(hosts.Values, status => Assert.Equal(SiloStatus.Active, status));
    }

    [Fact]
    public void Each_silo_has_its_own_services_and_knows_its_own_address()
    {
        foreach (var silo in fixture.Grid.Silos)
        {
            Assert.Equal(silo.SiloAddress, silo.ServiceProvider.GetRequiredService<ILocalSiloDetails>().SiloAddress);
            Assert.Same(silo.ServiceProvider, fixture.Grid.GetSiloServiceProvider(silo.SiloAddress));
        }
    }
}
