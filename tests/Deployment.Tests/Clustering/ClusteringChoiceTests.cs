using System.Net;
using System.Net.Sockets;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Clustering;

/// <summary>Goal: a choice of clustering that cannot work is refused at once, with the remedy and without the secret.</summary>
public sealed class ClusteringChoiceTests
{
    private static readonly string Connection = AzuriteService.ConnectionOf("table", "http://127.0.0.1:1/devstoreaccount1", AzuriteService.Key);

    [Fact]
    public void Every_way_can_be_chosen()
    {
        Assert.Null(GridClusterings.Mistake("local", "any thing", null, isOrleans: false));
        Assert.Null(GridClusterings.Mistake("azure-table", "grid-1", Connection, isOrleans: true));
        Assert.Equal(["local", "azure-table"], GridClusterings.Names);
    }

    [Theory]
    [InlineData("zookeeper", "grid", "", true, "use local or azure-table")]
    [InlineData("azure-table", "grid", "", true, "GRID_CLUSTERING_CONNECTION; it is not set")]
    [InlineData("azure-table", "my grid", "UseDevelopmentStorage=true", true, "letters, digits, hyphens and underscores")]
    [InlineData("azure-table", "grid", "AccountName=a;AccountKey=!secret!", true, "no AccountKey in base64")]
    [InlineData("azure-table", "grid", "UseDevelopmentStorage=true", false, "use 'local', or --runtime orleans")]
    public void A_mistake_is_said_with_the_remedy(string name, string cluster, string connection, bool isOrleans, string sentence)
    {
        string? mistake = GridClusterings.Mistake(name, cluster, connection, isOrleans);

        Assert.Contains(sentence, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("!secret!", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_taken_as_it_is_or_looked_up_by_the_machines_own_name()
    {
        IPAddress own = IPAddress.Parse("172.18.0.5");

        Assert.Equal(IPAddress.Parse("10.1.2.3"), AdvertisedAddress.Of("10.1.2.3").Address);
        Assert.Equal(own, AdvertisedAddress.Of("auto", _ => [IPAddress.IPv6Loopback, IPAddress.Parse("fe80::1"), IPAddress.Loopback, own]).Address);
        Assert.Equal(IPAddress.Parse("fd00::5"), AdvertisedAddress.Of("auto", _ => [IPAddress.Parse("fe80::1"), IPAddress.Parse("fd00::5")]).Address);
    }

    [Theory]
    [InlineData("0.0.0.0", "use the IP address")]
    [InlineData("silo-1", "use the IP address")]
    [InlineData("", "use the IP address")]
    public void An_address_that_nobody_could_reach_is_refused(string text, string sentence) =>
        Assert.Contains(sentence, AdvertisedAddress.Of(text).Mistake, StringComparison.Ordinal);

    [Fact]
    public void A_machine_whose_name_stands_for_nothing_is_told_to_give_the_address()
    {
        Assert.Contains("give the address itself", AdvertisedAddress.Of("auto", _ => [IPAddress.Loopback]).Mistake, StringComparison.Ordinal);
        Assert.Contains("give the address itself", AdvertisedAddress.Of("auto", _ => throw new SocketException()).Mistake, StringComparison.Ordinal);
    }
}
