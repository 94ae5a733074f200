using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using OrleansSgd.Dashboard.Http;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo.Http;
using Xunit.Abstractions;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>Goal: all that a silo answers over HTTP is guarded, and nothing of it can be abused. Method: a real grid behind everything it serves.</summary>
[Collection(Alone.Name)]
public sealed class ServedGridTests(ITestOutputHelper output)
{
    private const int Requests = 1000;
    private const int Seed = 20_262;
    private const long GrowthMax = 48 << 20;

    // Whoever probes has no token, and who signs in has none yet; what they see is no secret.
    private static readonly string[] Open = [GridHttp.LivePath, GridHttp.ReadyPath, "/sign-in", "/assets/{file}"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Every_route_that_is_not_open_to_all_wants_a_token_good_for_it()
    {
        await using ServedGrid served = await ServedGrid.StartAsync();
        Assert.True(served.Routes.Count >= 14, $"Only {served.Routes.Count} routes were found.");
        Assert.Subset(served.Routes.Select(route => route.RoutePattern.RawText!).ToHashSet(), Open.ToHashSet());
        foreach (RouteEndpoint route in served.Routes.Where(route => !Open.Contains(route.RoutePattern.RawText)))
        {
            string path = route.RoutePattern.RawText!
                .Replace("{job}", "none-1", StringComparison.Ordinal).Replace("{order}", "cancel", StringComparison.Ordinal);
            bool isOrder = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST");

            Assert.False(await served.IsInAsync(path, isOrder, null), path);
            Assert.False(await served.IsInAsync(path, isOrder, ServedGrid.ReadToken[..^1]), path);
            Assert.False(await served.IsInAsync(path, isOrder, ServedGrid.ReadToken + "x"), path);
            Assert.Equal(!isOrder, await served.IsInAsync(path, isOrder, ServedGrid.ReadToken));
            Assert.Equal(!isOrder, await served.IsInAsync(path, isOrder, ServedGrid.SubmitToken));
            Assert.True(await served.IsInAsync(path, isOrder, ServedGrid.OperateToken), path);
        }
    }

    [Fact]
    public async Task A_thousand_malformed_requests_to_a_silo_change_nothing_and_leave_no_connection()
    {
        await using ServedGrid served = await ServedGrid.StartAsync();
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var open = new OpenConnections(served.Port);
        await MalformedRequestTests.SendAsync(served.Port, Encoding.ASCII.GetBytes(MalformedRequestTests.Whole[0]));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int number = 0; number < Requests; number++)
        {
            await MalformedRequestTests.SendAsync(served.Port, MalformedRequestTests.Next(
                random, number,
                "GET /scaling/wanted-silos HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \r\n\r\n",
                "GET /api/about HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer reads-and-nothing-els\r\nCookie: grid_token=reads-and-nothing-els\r\n\r\n",
                "POST /api/jobs/none-1/cancel HTTP/1.1\r\nHost: a\r\nX-Grid-Order: 1\r\nAuthorization: Bearer operates-everything-her\r\n\r\n",
                "PUT /api/jobs HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n--b\r\n\r\n\r\n"));
        }

        await open.AllClosedAsync();
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.True(open.Total > Requests, $"Only {open.Total} connections were seen, so nothing is shown of their end.");
        Assert.True(await served.IsInAsync("/scaling/wanted-silos", false, ServedGrid.ReadToken));
        Assert.Equal(0, served.Dashboard.Watchers);
        Assert.Empty(await served.Grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).List());
        Assert.Single(served.Grid.Silos);
        Assert.True(after - before < GrowthMax, $"The process grew by {(after - before) >> 20} MB over {Requests} requests.");
    }

    [Fact]
    public async Task Nothing_can_be_uploaded()
    {
        await using ServedGrid served = await ServedGrid.StartAsync();
        (string Method, string Path)[] tries =
        [
            ("POST", "/api/jobs"), ("PUT", "/assets/page.js"), ("POST", "/assets/page.js"), ("PUT", "/jobs/none-1"), ("PATCH", "/api/about"),
            ("DELETE", "/api/jobs/none-1"), ("POST", GridHttp.LivePath), ("POST", "/scaling/wanted-silos"), ("POST", "/sign-in"),
        ];
        using var client = new HttpClient();
        foreach ((string method, string path) in tries)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), served[path])
            {
                Content = new MultipartFormDataContent { { new ByteArrayContent(new byte[100_000]), "token", "model.pt" } },
            };
            request.Headers.ExpectContinue = true; // so that who refuses can say so before the body comes
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ServedGrid.OperateToken);
            request.Headers.Add(PageGuard.OrderHeader, "1");

            using HttpResponseMessage answer = await client.SendAsync(request);

            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{method} {path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Who_dribbles_a_request_is_sent_away()
    {
        await using ServedGrid served = await ServedGrid.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, served.Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray());

        using var reader = new StreamReader(stream);
        string said = await reader.ReadToEndAsync().WaitAsync(Patience);

        Assert.StartsWith("HTTP/1.1 408 ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_to_wait_and_probes_still_hear_that_the_process_lives()
    {
        await using ServedGrid served = await ServedGrid.StartAsync();
        var budget = new RequestBudget(new StandingTime());
        await using GridHttp http = await GridHttp.StartAsync(
            new HttpPlace(new IPEndPoint(IPAddress.Loopback, 0)) { Requests = budget }, new GridHealth(served.Grid, TimeProvider.System));
        using var client = new HttpClient { BaseAddress = http.Address };
        while (budget.TrySpend(IPAddress.Loopback))
        {
            // Somebody of this machine asks and asks.
        }

        using HttpResponseMessage deferred = await client.GetAsync(new Uri("/else", UriKind.Relative));
        using HttpResponseMessage live = await client.GetAsync(new Uri(GridHttp.LivePath, UriKind.Relative));

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (deferred.StatusCode, live.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), deferred.Headers.RetryAfter!.Delta);
    }

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
