using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Speaks to a gateway byte by byte, as runtime/README.md describes it: written anew, so that both agree or one is wrong.</summary>
internal sealed class GatewayWire
{
    private const int HelloSize = 38;
    private const int NonceAt = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly int _port;
    private readonly byte[] _cluster;
    private readonly byte[]? _secret;

    public GatewayWire(int port, string cluster)
    {
        _port = port;
        _cluster = Encoding.UTF8.GetBytes(cluster);
        var folder = Environment.GetEnvironmentVariable("ORLEANS_INPROCESS_SECRETS")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "orleans-inprocess");
        var file = Path.Combine(folder, $"gateway-{port}");
        _secret = File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>What silo and clients know; null where the runtime has no such thing.</summary>
    public byte[]? Secret => _secret;

    /// <summary>Whether the runtime has such a secret at all.</summary>
    public bool HasSecret => _secret is not null;

    /// <summary>Sends bytes over a connection of their own.</summary>
    /// <param name="isKnown">Whether the handshake is made first.</param>
    /// <param name="isAnswered">Whether to read an answer, instead of the end.</param>
    /// <returns>True when the connection was ended by the other side; false when it answered.</returns>
    public async Task<bool> SendAsync(byte[] bytes, bool isKnown, bool isAnswered = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _port, patience.Token);
        var stream = client.GetStream();
        try
        {
            if (isKnown)
            {
                await ShakeHandsAsync(stream, patience.Token);
            }

            await stream.WriteAsync(bytes, patience.Token);
            if (isAnswered)
            {
                var header = new byte[5];
                await stream.ReadExactlyAsync(header, patience.Token);
                Assert.Equal(3, header[4]);
                return false;
            }

            client.Client.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            while (await stream.ReadAsync(rest, patience.Token) > 0)
            {
                // A greeting, or an error to a call that was well-formed but wrong.
            }
        }
        catch (IOException)
        {
            // Reset: it was ended with bytes on the way.
        }

        return true;
    }

    /// <summary>A call of IProbeGrain.Twice.</summary>
    public static byte[] Call(string key, int value) => Frame(1, Payload(key, value));

    /// <summary>A frame that is wrong in some way.</summary>
    public static byte[] Malformed(Random random)
    {
        var payload = Payload($"fuzz-{random.Next(4)}", random.Next());
        switch (random.Next(7))
        {
            case 0: // bits that flip
                for (var flips = random.Next(1, 8); flips > 0; flips--)
                {
                    payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
                }

                return Frame(1, payload);
            case 1: // an end that comes too early, or bytes that follow
                return random.Next(2) == 0 ? Frame(1, payload[..random.Next(payload.Length)]) : Frame(1, [.. payload, 1, 2, 3]);
            case 2: // a length that is not kept, or is out of bounds
                var lying = Frame(1, payload);
                BinaryPrimitives.WriteUInt32LittleEndian(lying, random.Next(2) == 0 ? uint.MaxValue : (uint)random.Next(200, 1 << 24));
                return lying;
            case 3: // another kind
                return Frame((byte)random.Next(3, 256), payload);
            case 4: // noise
                var noise = new byte[random.Next(1, 2000)];
                random.NextBytes(noise);
                return random.Next(2) == 0 ? noise : Frame((byte)random.Next(1, 4), noise);
            case 5: // letters in letters, too many of them, or a count that is a lie
                return Frame(1, Nested(random));
            default: // a cancellation without a number
                return Frame(2, []);
        }
    }

    // IEchoGrain.Keep(Letter), its third member a letter again, and again.
    private static byte[] Nested(Random random)
    {
        byte[] letters = [0];
        for (var depth = random.Next(300, 600); depth > 0; depth--)
        {
            ulong size = random.Next(400) == 0 ? 1 << 20 : (ulong)letters.Length;
            letters = [1, 1, 2, .. Varint(size), .. letters];
        }

        return
        [
            1, 0, .. Text("OrleansSgd.Cluster.Tests.Conformance.Grains.IEchoGrain"), .. Text("Keep(Letter)"), .. Text("echo"), .. Text("fuzz"), 0, .. letters,
        ];
    }

    private static byte[] Payload(string key, int value) =>
    [
        1, 0, .. Text("OrleansSgd.Cluster.Tests.Conformance.Grains.IProbeGrain"), .. Text("Twice(Int32)"), .. Text("probe"), .. Text(key), 0,
        .. Varint((ulong)(uint)value << 1),
    ];

    internal static byte[] Text(string text) => [.. Varint((ulong)Encoding.UTF8.GetByteCount(text) + 1), .. Encoding.UTF8.GetBytes(text)];

    internal static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    internal static byte[] Frame(byte kind, byte[] payload)
    {
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)payload.Length + 1);
        frame[4] = kind;
        payload.CopyTo(frame, 5);
        return frame;
    }

    private async Task ShakeHandsAsync(NetworkStream stream, CancellationToken token)
    {
        var silo = new byte[HelloSize];
        await stream.ReadExactlyAsync(silo, token);
        byte[] own = [.. silo[..NonceAt], .. RandomNumberGenerator.GetBytes(HelloSize - NonceAt)];
        await stream.WriteAsync((byte[])[.. own, (byte)_cluster.Length, .. _cluster, .. Proof("client", silo, own)], token);
        var answer = new byte[33];
        await stream.ReadExactlyAsync(answer, token);
        Assert.Equal(0, answer[0]);
        Assert.Equal(Proof("silo", silo, own), answer[1..]);
    }

    private byte[] Proof(string side, byte[] silo, byte[] client) =>
        HMACSHA256.HashData(_secret!, (byte[])[.. Encoding.UTF8.GetBytes(side), .. silo[NonceAt..], .. client[NonceAt..], .. _cluster]);
}
