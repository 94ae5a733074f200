using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>Goal: whatever is sent, the server lives, does nothing of it, and holds on to nothing. Method: requests drawn and mutated from one seed.</summary>
[Collection(Alone.Name)]
public sealed class MalformedRequestTests(ITestOutputHelper output)
{
    private const int Requests = 1000;
    private const int Seed = 20_261;

    // Far more than what a thousand connections leave behind, far less than what a leak of 64 KB a request would.
    private const long GrowthMax = 48 << 20;

    /// <summary>Requests of every kind of route, some of them wrong from the start.</summary>
    internal static readonly string[] Whole =
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /api/grid/events HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: 1-2\r\n\r\n",
        "GET /api/jobs/tiny-1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /jobs/%2e%2e%2f%00%ff/trace HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "POST /api/jobs/tiny-1/cancel HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n0123456789",
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999\r\n\r\ntoken=",
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n",
        "GET /assets/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ];

    [Fact]
    public async Task A_thousand_malformed_requests_do_no_harm()
    {
        output.WriteLine($"seed {Seed}");
        var script = new ScriptedGrid.Script();
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(script));
        var random = new Random(Seed);
        using var open = new OpenConnections(server.Address.Port);
        await SendAsync(server.Address.Port, Encoding.ASCII.GetBytes(Whole[0]));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Requests; i++)
        {
            await SendAsync(server.Address.Port, Next(random, i));
        }

        await open.AllClosedAsync();
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(server["/api/about"]);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(script.Orders);
        Assert.True(open.Total > Requests, $"Only {open.Total} connections were seen, so nothing is shown of their end.");
        Assert.True(after - before < GrowthMax, $"The process grew by {(after - before) >> 20} MB over {Requests} requests.");
    }

    /// <summary>Bytes at random, or a whole request that is cut, doubled, swollen or has bytes changed.</summary>
    internal static byte[] Next(Random random, int number, params ReadOnlySpan<string> more)
    {
        string[] all = [.. Whole, .. more];
        byte[] request = Encoding.ASCII.GetBytes(all[number % all.Length]);
        switch (random.Next(5))
        {
            case 0:
                byte[] noise = new byte[random.Next(1, 4096)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return request[..random.Next(1, request.Length)];
            case 2:
                return [.. request, .. request];
            case 3:
                return [.. request.AsSpan(0, request.Length - 2), .. Encoding.ASCII.GetBytes($"X: {new string('x', random.Next(64 * 1024))}\r\n\r\n")];
            default:
                for (int i = 0; i < 8; i++)
                {
                    request[random.Next(request.Length)] = (byte)random.Next(256);
                }

                return request;
        }
    }

    /// <summary>Sends a request over a connection of its own. What comes back is of no interest, and a server that hangs up is right.</summary>
    internal static async Task SendAsync(int port, byte[] request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        try
        {
            await socket.SendAsync(request);
            socket.Shutdown(SocketShutdown.Send);
            using var answered = new CancellationTokenSource(TimeSpan.FromMilliseconds(200)); // a stream would go on for ever
            await socket.ReceiveAsync(new byte[4096], answered.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Refused in the middle.
        }
    }
}
