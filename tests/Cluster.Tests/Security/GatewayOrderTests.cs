using System.Buffers.Binary;
using System.Net;
using OrleansSgd.Cluster.Tests.Conformance;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Testing;
using Xunit.Abstractions;

namespace OrleansSgd.Cluster.Tests.Security;

/// <summary>
/// Goal: orders that are not well-formed are not carried out, whoever sends them. Method: the orders of an operator to a grid with a job that
/// waits, each spoilt in some way, by who knows the secret.
/// </summary>
[Collection(Alone.Name)]
public sealed class GatewayOrderTests(ITestOutputHelper output)
{
    private const int Frames = 1000;
    private const int Seed = 61_009;
    private const long GrowthMax = 64L << 20;

    private static readonly JobPlan Endless = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 100_000 } };

    [Fact]
    public async Task A_thousand_malformed_orders_submit_cancel_and_scale_nothing()
    {
        output.WriteLine($"seed {Seed}");
        int gateway = FreePorts.One();
        int port = FreePorts.One();
        string cluster = $"orders-{gateway}";
        var clustering = new LocalClustering(new IPEndPoint(IPAddress.Loopback, port), cluster, gateway);
        await using LocalGrid grid = await LocalGrid.StartAsync(
            1, options => options.ComputeThreads = 1, place: new GridPlace(clustering, cluster, IPAddress.Loopback, port, gateway));
        IGridGrain door = grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key);
        IJobGrain job = grid.Grains.GetGrain<IJobGrain>((await door.Submit(Endless.ToJson())).Job!);
        await TestGrid.TicketsOf(job, 1);
        Assert.Null((await job.Pause()).Refusal);
        var wire = new GatewayWire(gateway, cluster);
        var random = new Random(Seed);
        byte[][] orders = [.. Orders()];
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int number = 0; number < Frames; number++)
        {
            Assert.True(await wire.SendAsync(Spoilt(orders[number % orders.Length], random), wire.HasSecret));
        }

        Assert.Equal(JobPhase.Paused, Assert.Single(await door.List()).Phase);
        Assert.Equal(JobPhase.Failed, (await grid.Grains.GetGrain<IJobGrain>("small-2").Progress(0)).Phase); // as of a job that nobody knows
        Assert.Single(grid.Silos);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < GrowthMax);

        if (wire.HasSecret)
        {
            // The control: the first order as it should be submits a job.
            await wire.SendAsync(GatewayWire.Frame(1, orders[0]), isKnown: true, isAnswered: true);
            Assert.Equal(2, (await door.List()).Length);
        }
    }

    private static IEnumerable<byte[]> Orders()
    {
        string plan = Endless.ToJson();
        yield return Call("OrleansSgd.IGridGrain", "Submit", "grid", "grid", GatewayWire.Text(plan));
        yield return Call("OrleansSgd.IJobGrain", "Cancel", "job", "small-1");
        yield return Call("OrleansSgd.IJobGrain", "Continue", "job", "small-1");
        yield return Call("OrleansSgd.IGridGrain", "Scale", "grid", "grid", GatewayWire.Varint(4 << 1));
        yield return Call("OrleansSgd.IJobGrain", "Start", "job", "small-2", GatewayWire.Text(plan));
    }

    private static byte[] Call(string seenAs, string method, string type, string key, params byte[] arguments) =>
        [1, 0, .. GatewayWire.Text(seenAs), .. GatewayWire.Text(method), .. GatewayWire.Text(type), .. GatewayWire.Text(key), 0, .. arguments];

    // Not a single one is an order any more: what could by chance be one again, such as other letters in a plan, is left out.
    private static byte[] Spoilt(byte[] order, Random random)
    {
        switch (random.Next(7))
        {
            case 0: // it ends too early
                return GatewayWire.Frame(1, order[..random.Next(order.Length)]);
            case 1: // something follows
                return GatewayWire.Frame(1, [.. order, .. Noise(random, 20)]);
            case 2: // it is no call
                return GatewayWire.Frame((byte)random.Next(2, 256), order);
            case 3: // another length than it has
                byte[] lying = GatewayWire.Frame(1, order);
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(lying);
                BinaryPrimitives.WriteUInt32LittleEndian(lying, random.Next(2) == 0 ? (uint)random.Next((int)length) : length + 1 + (uint)random.Next(1 << 24));
                return lying;
            case 4: // another interface, method, type of grain: a letter of its name is none
                byte[] misspelt = [.. order];
                misspelt[3 + random.Next(Names(order) - 3)] = 0xC0;
                return GatewayWire.Frame(1, misspelt);
            case 5: // texts that are longer than everything
                return GatewayWire.Frame(1, [.. order[..2], .. GatewayWire.Varint((ulong)random.NextInt64(1 << 24, long.MaxValue)), .. order[3..]]);
            default: // after any number of bytes only noise, and the end of the order is gone
                int cut = random.Next(2, Names(order));
                return GatewayWire.Frame(1, [.. order[..cut], 0xFF, .. Noise(random, 300)]);
        }
    }

    // Where interface, method and type end: each is a short text, one byte more than its letters.
    private static int Names(byte[] order)
    {
        int at = 2;
        for (int name = 0; name < 3; name++)
        {
            at += order[at];
        }

        return at;
    }

    private static byte[] Noise(Random random, int sizeMax)
    {
        byte[] noise = new byte[random.Next(1, sizeMax)];
        random.NextBytes(noise);
        return noise;
    }
}
