using OrleansSgd.Cluster.Tests.Conformance.Grains;
using Xunit.Abstractions;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Goal: whatever comes to a gateway, the silo serves its clients, and its memory stays bounded. Method: 1000 malformed connections from a seed.</summary>
/// <remarks>
/// Where the runtime has a secret file, most of them know it and are malformed after the handshake; on the real packages all are from the first byte on.
/// </remarks>
[Collection(Alone.Name)]
public sealed class GatewayFuzzTests(GatewayHosts hosts, ITestOutputHelper output) : IClassFixture<GatewayHosts>
{
    private const int Frames = 1000;
    private const int Seed = 61_007;
    private const long GrowthMax = 128L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_thousand_malformed_frames_end_connections_and_nothing_else()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var wire = new GatewayWire(hosts.GatewayPort, hosts.Cluster);
        var probe = hosts.Client.GetGrain<IProbeGrain>(Journal.NewKey());
        var life = await probe.Life();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var ended = 0;
        for (var number = 0; number < Frames; number++)
        {
            var isKnown = wire.HasSecret && random.Next(5) > 0;
            var bytes = isKnown ? GatewayWire.Malformed(random) : Garbage(random);
            ended += await wire.SendAsync(bytes, isKnown) ? 1 : 0;
            if (number % 100 == 0)
            {
                Assert.Equal(life, await probe.Life().WaitAsync(Patience));
            }
        }

        Assert.Equal(Frames, ended);
        Assert.Equal(life, await probe.Life().WaitAsync(Patience));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < GrowthMax);
    }

    [Fact]
    public async Task A_well_formed_call_by_the_same_hand_is_answered()
    {
        // The control: were the handshake of these tests wrong, everything would be refused for that reason alone.
        var wire = new GatewayWire(hosts.GatewayPort, hosts.Cluster);
        if (wire.HasSecret)
        {
            Assert.False(await wire.SendAsync(GatewayWire.Call("answered", 1), isKnown: true, isAnswered: true));
        }
        else
        {
            Assert.Equal(2, await hosts.Client.GetGrain<IProbeGrain>("answered").Twice(1));
        }
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 400)];
        random.NextBytes(bytes);
        return bytes;
    }
}
