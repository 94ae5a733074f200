using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Clustering;

/// <summary>
/// Goal: the membership table keeps the contract that the runtime's protocol stands on. Method: a real table service, and the calls a silo makes.
/// </summary>
public sealed class MembershipTests : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private AzuriteService _service = null!;

    public async Task InitializeAsync() => _service = await AzuriteService.StartAsync("table");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_silo_is_added_changed_and_read_with_every_field()
    {
        TableMembership table = await OpenAsync("fields");
        MembershipEntry entry = Entry(1, SiloStatus.Joining);
        entry.SuspectTimes = [Tuple.Create(Silo(9), Noon.AddSeconds(1))];

        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        MembershipTableData one = await table.ReadRow(Silo(1));
        (MembershipEntry read, string etag) = Assert.Single(one.Members);
        read.Status = SiloStatus.Active;
        Assert.True(await table.UpdateRow(read, etag, one.Version.Next()));
        MembershipEntry again = Assert.Single((await table.ReadAll()).Members).Item1;

        Assert.Equal(1, one.Version.Version);
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
        Assert.Equal(
            (Silo(1), SiloStatus.Active, 30001, "host-1", "silo-1", "role", Noon, Noon.AddSeconds(5)),
            (again.SiloAddress, again.Status, again.ProxyPort, again.HostName, again.SiloName, again.RoleName, again.StartTime, again.IAmAliveTime));
        Assert.Equal((Silo(9), Noon.AddSeconds(1)), (again.SuspectTimes![0].Item1, again.SuspectTimes[0].Item2));
        Assert.Empty((await table.ReadRow(Silo(2))).Members);
    }

    [Fact]
    public async Task Nobody_writes_over_what_he_has_not_read()
    {
        TableMembership table = await OpenAsync("stale");
        TableVersion first = (await table.ReadAll()).Version;
        Assert.True(await table.InsertRow(Entry(1, SiloStatus.Active), first.Next()));
        MembershipTableData read = await table.ReadAll();
        (MembershipEntry entry, string etag) = Assert.Single(read.Members);

        Assert.False(await table.InsertRow(Entry(2, SiloStatus.Active), first.Next()));          // another table by now
        Assert.False(await table.InsertRow(Entry(1, SiloStatus.Active), read.Version.Next()));   // is there already
        Assert.False(await table.UpdateRow(Entry(2, SiloStatus.Dead), etag, read.Version.Next())); // is not there
        Assert.True(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, read.Version.Next()));
        Assert.False(await table.UpdateRow(entry, etag, (await table.ReadAll()).Version.Next())); // another line by now
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task That_a_silo_lives_is_written_without_getting_in_anybodys_way()
    {
        TableMembership table = await OpenAsync("alive");
        Assert.True(await table.InsertRow(Entry(1, SiloStatus.Active), (await table.ReadAll()).Version.Next()));
        MembershipTableData read = await table.ReadAll();
        (MembershipEntry entry, string etag) = Assert.Single(read.Members);

        MembershipEntry later = Entry(1, SiloStatus.Dead);
        later.IAmAliveTime = Noon.AddMinutes(1);
        await table.UpdateIAmAlive(later);
        await table.UpdateIAmAlive(Entry(7, SiloStatus.Active)); // forgotten meanwhile: nothing is added

        MembershipTableData after = await table.ReadAll();
        Assert.Equal(read.Version.VersionEtag, after.Version.VersionEtag);
        Assert.Equal((SiloStatus.Active, Noon.AddMinutes(1)), (Assert.Single(after.Members).Item1.Status, after.Members[0].Item1.IAmAliveTime));
        Assert.True(await table.UpdateRow(entry, etag, read.Version.Next()));
    }

    [Fact]
    public async Task Silos_that_come_at_once_all_get_in_and_the_version_counts_them()
    {
        TableMembership[] tables = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync("race")));

        await Task.WhenAll(tables.Select((table, i) => Task.Run(async () =>
        {
            // As the runtime does: read, try, and read anew when somebody else was faster.
            while (!await table.InsertRow(Entry(i, SiloStatus.Active), (await table.ReadAll()).Version.Next()))
            {
            }

            await table.UpdateIAmAlive(Entry(i, SiloStatus.Active));
        })));

        MembershipTableData all = await tables[0].ReadAll();
        Assert.Equal(4, all.Members.Count);
        Assert.Equal(4, all.Version.Version);
        Assert.Equal(4, all.Members.Select(member => member.Item2).Distinct().Count());
    }

    [Fact]
    public async Task Silos_long_dead_are_forgotten_and_active_ones_never()
    {
        TableMembership table = await OpenAsync("old");
        foreach ((int number, SiloStatus status) in (IEnumerable<(int, SiloStatus)>)[(1, SiloStatus.Active), (2, SiloStatus.Dead), (3, SiloStatus.Dead)])
        {
            MembershipEntry entry = Entry(number, status);
            entry.SuspectTimes = number == 3 ? [Tuple.Create(Silo(1), Noon.AddHours(2))] : null; // declared dead later
            Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        }

        await table.CleanupDefunctSiloEntries(Noon.AddHours(1));

        Assert.Equal([Silo(1), Silo(3)], (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task Of_very_many_dead_silos_the_newest_are_kept_so_that_the_table_stays_small()
    {
        TableMembership table = await OpenAsync("many");
        for (int i = 0; i < 230; i++)
        {
            MembershipEntry entry = Entry(i, SiloStatus.Dead);
            entry.IAmAliveTime = Noon.AddMinutes(i);
            Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        }

        IEnumerable<int> kept = (await table.ReadAll()).Members.Select(member => member.Item1.SiloAddress.Endpoint.Port - 11111).Order();
        Assert.Equal(Enumerable.Range(29, 201), kept);
    }

    [Fact]
    public async Task Grids_of_one_account_do_not_see_each_other_and_one_can_be_deleted()
    {
        TableMembership one = await OpenAsync("one");
        TableMembership other = await OpenAsync("other");
        Assert.True(await one.InsertRow(Entry(1, SiloStatus.Active), (await one.ReadAll()).Version.Next()));

        Assert.Empty((await other.ReadAll()).Members);
        await one.DeleteMembershipTableEntries("one");
        Assert.Empty((await one.ReadAll()).Members);
    }

    [Fact]
    public async Task Clients_are_told_of_active_silos_with_a_gateway_and_of_no_others()
    {
        TableMembership table = await OpenAsync("gateways");
        MembershipEntry closed = Entry(3, SiloStatus.Active);
        closed.ProxyPort = 0;
        foreach (MembershipEntry entry in (MembershipEntry[])[Entry(1, SiloStatus.Active), Entry(2, SiloStatus.Dead), closed])
        {
            Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
        }

        var client = new ProbeBuilder();
        new TableClustering(_service.Connection, "gateways").Reach(client);
        IGatewayListProvider gateways = client.Services.BuildServiceProvider().GetRequiredService<IGatewayListProvider>();
        await gateways.InitializeGatewayListProvider();

        Assert.Equal("gwy.tcp://10.0.0.1:30001/101", Assert.Single(await gateways.GetGateways()).ToString());
    }

    private async Task<TableMembership> OpenAsync(string cluster)
    {
        var silo = new ProbeBuilder();
        new TableClustering(_service.Connection, cluster).Join(silo, new SiloPlace(IPAddress.Loopback, 11111, 30000));
        var table = (TableMembership)silo.Services.BuildServiceProvider().GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTable(true);
        return table;
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 11111 + number), 100 + number);

    private static MembershipEntry Entry(int number, SiloStatus status) => new()
    {
        SiloAddress = Silo(number),
        Status = status,
        ProxyPort = 30000 + number,
        HostName = $"host-{number}",
        SiloName = $"silo-{number}",
        RoleName = "role",
        StartTime = Noon,
        IAmAliveTime = Noon.AddSeconds(5),
    };
}
