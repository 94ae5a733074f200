using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Somebody who wants to call a silo and does not know its secret, or knows it and is not of its cluster.</summary>
/// <param name="secret">What the silo and its clients know; a stranger shows something else.</param>
internal sealed class GatewayStranger(int port, string cluster, byte[] secret)
{
    /// <summary>Ways to try, each by its number.</summary>
    public const int Ways = 10;

    private const int HelloSize = 38;
    private const int NonceAt = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private byte[]? _recorded;

    /// <summary>Keeps what a client that is welcome sends, to say it again later.</summary>
    public async Task RecordAsync() =>
        Assert.False(await TryAsync([], (hello, random) => _recorded = Greeting(hello, Own(hello, random), secret, cluster, "client"), new Random(1)));

    /// <summary>Sends a frame behind a greeting that does not count.</summary>
    /// <returns>True when the silo ended the connection and never said that it is welcome.</returns>
    public Task<bool> TryAsync(int way, byte[] frame, Random random) => TryAsync(frame, (hello, chance) => Wrong(way, hello, chance), random);

    private byte[] Wrong(int way, byte[] hello, Random random)
    {
        byte[] own = Own(hello, random);
        byte[] right = Greeting(hello, own, secret, cluster, "client");
        switch (way)
        {
            case 0: // none at all: the call at once
                return [];
            case 1: // a secret that was guessed
                byte[] guess = new byte[32];
                random.NextBytes(guess);
                return Greeting(hello, own, guess, cluster, "client");
            case 2: // the empty secret, as of a file that could not be read
                return Greeting(hello, own, [], cluster, "client");
            case 3: // one bit of the proof is wrong
                right[^random.Next(1, 33)] ^= (byte)(1 << random.Next(8));
                return right;
            case 4: // what the silo itself would say, sent back to it
                return Greeting(hello, own, secret, cluster, "silo");
            case 5: // what a client said to it before
                return _recorded!;
            case 6: // another cluster's client
                return Greeting(hello, own, secret, cluster + "-2", "client");
            case 7: // another version
                own[4] ^= 0xFF;
                return Greeting(hello, own, secret, cluster, "client");
            case 8: // half a greeting
                return right[..random.Next(1, right.Length)];
            default: // a name longer than what follows
                right[HelloSize] = 255;
                return right;
        }
    }

    private async Task<bool> TryAsync(byte[] frame, Func<byte[], Random, byte[]> greeting, Random random)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        NetworkStream stream = client.GetStream();
        var hello = new byte[HelloSize];
        await stream.ReadExactlyAsync(hello, patience.Token);
        var answer = new List<byte>();
        try
        {
            await stream.WriteAsync((byte[])[.. greeting(hello, random), .. frame], patience.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            var rest = new byte[256];
            for (int got; (got = await stream.ReadAsync(rest, patience.Token)) > 0;)
            {
                answer.AddRange(rest.AsSpan(0, got));
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException)
        {
            // Reset: it was ended with bytes on the way.
        }

        return answer.Count == 0 || answer[0] != 0;
    }

    private static byte[] Own(byte[] hello, Random random)
    {
        var own = new byte[HelloSize];
        hello.AsSpan(0, NonceAt).CopyTo(own);
        random.NextBytes(own.AsSpan(NonceAt));
        return own;
    }

    private static byte[] Greeting(byte[] silo, byte[] own, byte[] secret, string cluster, string side)
    {
        byte[] name = Encoding.UTF8.GetBytes(cluster);
        byte[] proof = HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes(side), .. silo[NonceAt..], .. own[NonceAt..], .. name]);
        return [.. own, (byte)name.Length, .. name, .. proof];
    }
}
