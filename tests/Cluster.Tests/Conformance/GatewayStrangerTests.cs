using System.Net;
using System.Net.Sockets;
using OrleansSgd.Cluster.Tests.Conformance.Grains;
using Xunit.Abstractions;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Goal: who does not know the secret of a gateway has no effect. Method: well-formed calls behind greetings that do not count.</summary>
/// <remarks>The real packages have no such secret: there the network says who may call, and only the place where a gateway listens is looked at.</remarks>
[Collection(Alone.Name)]
public sealed class GatewayStrangerTests(GatewayHosts hosts, ITestOutputHelper output) : IClassFixture<GatewayHosts>
{
    private const int Tries = 1000;
    private const int Seed = 61_008;
    private const long GrowthMax = 64L << 20;

    // As runtime/README.md has it.
    private const int StrangersMax = 64;
    private const int ConnectionsMax = 500;
    private const int HelloSize = 38;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_thousand_calls_of_strangers_are_not_made()
    {
        output.WriteLine($"seed {Seed}");
        var wire = new GatewayWire(hosts.GatewayPort, hosts.Cluster);
        if (wire.Secret is not { } secret)
        {
            return;
        }

        string key = Journal.NewKey();
        var stranger = new GatewayStranger(hosts.GatewayPort, hosts.Cluster, secret);
        await stranger.RecordAsync();
        var random = new Random(Seed);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int number = 0; number < Tries; number++)
        {
            int way = number % GatewayStranger.Ways;
            Assert.True(await stranger.TryAsync(way, Pass(key, "stranger"), random), $"Way {way} of try {number} is welcome.");
        }

        // The control: the same call by who knows the secret. It came last, so that what the strangers asked would have been done before.
        await wire.SendAsync(Pass(key, "friend"), isKnown: true);
        await Journal.Written(key, "friend begins");
        Journal.Open($"{key}/friend");

        Assert.DoesNotContain(Journal.Read(key), line => line.StartsWith("stranger", StringComparison.Ordinal));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < GrowthMax);
    }

    [Fact]
    public async Task Strangers_who_say_nothing_are_bounded_and_those_who_are_known_go_on()
    {
        var wire = new GatewayWire(hosts.GatewayPort, hosts.Cluster);
        if (!wire.HasSecret)
        {
            return;
        }

        Assert.Equal(4, await hosts.Client.GetGrain<IProbeGrain>("known").Twice(2)); // connected from now on
        var silent = new List<TcpClient>();
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var hello = new byte[HelloSize];
            bool isTurnedAway = false;
            while (!isTurnedAway && silent.Count < ConnectionsMax)
            {
                silent.Add(new TcpClient());
                await silent[^1].ConnectAsync(IPAddress.Loopback, hosts.GatewayPort, patience.Token);
                isTurnedAway = await GreetedAsync(silent[^1], hello, patience.Token) < HelloSize;
            }

            // Where this takes long, the first have been sent away already and as many more are let in, but never more than so many at a time.
            Assert.True(isTurnedAway, $"{silent.Count} strangers are let in.");
            Assert.True(silent.Count > StrangersMax, $"Only {silent.Count} strangers are let in.");
            Assert.Equal(4, await hosts.Client.GetGrain<IProbeGrain>("known").Twice(2).AsTask().WaitAsync(Patience));

            // Who never speaks is not waited for: the silo closes first.
            Assert.Equal(0, await silent[0].GetStream().ReadAsync(hello, patience.Token));
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_gateway_listens_on_loopback_alone()
    {
        // All of 127.0.0.0/8 is this machine on Linux: who listened on every address would answer there too.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var client = new TcpClient();
        var error = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Parse("127.0.0.2"), hosts.GatewayPort));

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    // IProbeGrain.PassUnseen(name), of which nobody waits for the end.
    private static byte[] Pass(string key, string name) => GatewayWire.Frame(1,
    [
        1, 0, .. GatewayWire.Text("OrleansSgd.Cluster.Tests.Conformance.Grains.IProbeGrain"), .. GatewayWire.Text("PassUnseen(String)"),
        .. GatewayWire.Text("probe"), .. GatewayWire.Text(key), 0, .. GatewayWire.Text(name),
    ]);

    private static async Task<int> GreetedAsync(TcpClient client, byte[] hello, CancellationToken patience)
    {
        try
        {
            return await client.GetStream().ReadAtLeastAsync(hello, HelloSize, throwOnEndOfStream: false, patience);
        }
        catch (IOException)
        {
            return 0; // reset
        }
    }
}
