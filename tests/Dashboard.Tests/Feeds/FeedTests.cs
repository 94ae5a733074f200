using System.Text.Json;
using OrleansSgd.Dashboard.Feeds;
using OrleansSgd.Dashboard.Tests.Http;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Tests.Feeds;

/// <summary>Goal: watchers see the job, in order and without gaps, and cost the grid nothing. Method: a scripted grid behind a real server.</summary>
public sealed class FeedTests
{
    private readonly ScriptedGrid.Script _script = new()
    {
        Progress = (_, asked) => new JobProgress
        {
            Phase = JobPhase.Running,
            Seconds = asked,
            Samples = 10 * asked,
            SamplesTotal = 1_000_000,
            Loss = 1.0 / asked,
        },
    };

    [Fact]
    public async Task Two_hundred_watchers_cost_the_polls_of_one_and_all_see_the_same()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 300 });
        EventReader[] readers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"])).ToArray());

        StreamEvent[][] seen = await Task.WhenAll(readers.Select(ReadToAsync).ToArray());
        long polls = server.Service.Feeds.Job("tiny-1").Polls;

        Assert.Equal(200, server.Service.Watchers);
        Assert.InRange(_script.ProgressAsked, 1, polls + 1); // every question is one of the feed's, however many watch
        Assert.All(seen, events =>
        {
            Assert.Equal("state", events[0].Kind);
            double[] seconds = [.. events.Skip(1).Select(one => one.Json.GetProperty("progress").GetProperty("seconds").GetDouble())];
            Assert.Equal(Enumerable.Range(0, seconds.Length).Select(i => seconds[0] + i), seconds); // none is left out, none comes twice
        });
        foreach (EventReader reader in readers)
        {
            await reader.DisposeAsync();
        }

        static async Task<StreamEvent[]> ReadToAsync(EventReader reader)
        {
            var events = new List<StreamEvent>();
            while (events.Count < 8)
            {
                events.Add(await reader.NextAsync());
            }

            return [.. events];
        }
    }

    [Fact]
    public async Task A_page_that_comes_back_goes_on_after_the_event_it_has_seen()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        StreamEvent last;
        await using (EventReader first = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"]))
        {
            await first.NextAsync();
            last = await first.NextAsync();
        }

        await using EventReader second = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"], last.Id);
        StreamEvent next = await second.NextAsync();

        Assert.Equal("progress", next.Kind);
        Assert.Equal(SecondsOf(last) + 1, SecondsOf(next));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("another-7")]
    [InlineData("-")]
    [InlineData("x-99999999999999999999")]
    public async Task A_page_of_another_life_of_the_silo_begins_with_the_state(string seen)
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        await using EventReader reader = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"], seen);

        StreamEvent first = await reader.NextAsync();

        Assert.Equal("state", first.Kind);
        Assert.True(first.Json.GetProperty("curve").TryGetProperty("loss", out _));
    }

    [Fact]
    public async Task Who_falls_behind_gets_the_newest_state()
    {
        await using var feed = new JobFeed(ScriptedGrid.Options(_script) with { IdlePeriod = TimeSpan.FromMilliseconds(1) }, "tiny-1");
        feed.Start();
        (_, long next) = feed.State();
        while (feed.Ring.End <= next + FrameRing.Capacity)
        {
            await feed.Ring.Await(feed.Ring.End);
        }

        Assert.False(feed.Ring.TryRead(next, []));
        (byte[] state, long newest) = feed.State();

        Assert.InRange(newest, next + FrameRing.Capacity + 1, long.MaxValue);
        Assert.Contains("event: state", System.Text.Encoding.UTF8.GetString(state), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coordinator_that_is_away_is_said_once_and_then_the_job_goes_on()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        await using EventReader reader = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"]);
        await reader.NextAsync();

        _script.IsAway = true;
        StreamEvent away = await SkipToAsync(reader, "trouble");
        _script.IsAway = false;
        StreamEvent back = await reader.NextAsync();

        Assert.Contains("does not answer", away.Json.GetProperty("trouble").GetString(), StringComparison.Ordinal);
        Assert.Equal("progress", back.Kind);
    }

    [Fact]
    public async Task A_job_that_ran_before_this_process_looked_is_drawn_from_its_first_second_on()
    {
        const int Before = 60;
        _script.Curve = [.. Enumerable.Range(0, Before).Select(second => new JobPoint(second, second, 10 * second, 5, 1, 1, 1, 1, 1, 0, 0, null))];
        _script.Progress = (_, asked) => new JobProgress
        {
            Phase = JobPhase.Running,
            Parameters = 3,
            Seconds = Before - 1 + asked,
            Samples = 10 * (Before - 1 + asked),
            Events = asked == 1 ? [new JobEvent("evaluated", 30, 30, TestAccuracy: 0.5)] : [],
            EventsEnd = 1,
        };
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        await using EventReader reader = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"]);

        JsonElement curve = await CurveAsync(reader);
        double?[] seconds = Column(curve, "seconds");

        Assert.Equal(Enumerable.Range(0, Before + 1).Select(second => (double?)second), seconds.Take(Before + 1));
        Assert.Equal((null, 0.5), (Column(curve, "testAccuracy")[29], Column(curve, "testAccuracy")[30]));
        Assert.Equal(10, Column(curve, "samplesPerSecond")[Before - 1]);

        static async Task<JsonElement> CurveAsync(EventReader reader)
        {
            while (true)
            {
                StreamEvent state = await SkipToAsync(reader, "state");
                if (state.Json.GetProperty("curve").GetProperty("seconds").GetArrayLength() > 0)
                {
                    return state.Json.GetProperty("curve");
                }
            }
        }

        static double?[] Column(JsonElement curve, string name) =>
            [.. curve.GetProperty(name).EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Null ? (double?)null : one.GetDouble())];
    }

    [Fact]
    public async Task A_job_that_is_over_is_not_asked_again()
    {
        _script.Progress = (_, _) => new JobProgress { Phase = JobPhase.Completed, Seconds = 3, Samples = 10, SamplesTotal = 10 };
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        for (int visit = 0; visit < 3; visit++)
        {
            await using EventReader reader = await EventReader.OpenAsync(client, server["/api/jobs/tiny-1/events"]);
            StreamEvent state = await reader.NextAsync();
            while (!state.Json.GetProperty("progress").GetProperty("isOver").GetBoolean())
            {
                state = await reader.NextAsync();
            }
        }

        Assert.Equal(1, _script.ProgressAsked);
    }

    [Fact]
    public async Task More_watchers_than_may_be_are_told_to_come_later_and_made_up_jobs_cost_nothing()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script) with { WatchersMax = 1 });
        using var client = new HttpClient();
        await using EventReader first = await EventReader.OpenAsync(client, server["/api/grid/events"]);
        await first.NextAsync();

        await using EventReader second = await EventReader.OpenAsync(client, server["/api/grid/events"]);
        using HttpResponseMessage unknown = await client.GetAsync(server["/api/jobs/no-such-1/events"]);

        Assert.Equal((503, true), ((int)second.Status, second.Answer.Headers.RetryAfter is not null));
        Assert.Equal(404, (int)unknown.StatusCode);
        Assert.Equal(1, server.Service.Watchers);
    }

    [Fact]
    public async Task The_grids_stream_tells_of_silos_members_and_moves()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(_script));
        using var client = new HttpClient();
        await using EventReader reader = await EventReader.OpenAsync(client, server["/api/grid/events"]);
        JsonElement state = (await reader.NextAsync()).Json;
        while (state.GetProperty("jobs").GetArrayLength() == 0 || !state.GetProperty("jobs")[0].TryGetProperty("workers", out _))
        {
            state = (await reader.NextAsync()).Json;
        }

        Assert.Equal(2, state.GetProperty("silos").GetArrayLength());
        Assert.Equal("[[0,1,\"live\"],[1,1,\"live\"]]", state.GetProperty("jobs")[0].GetProperty("workers").GetRawText());

        _script.Members = _ => ScriptedGrid.Script.Placed(2, 2, ScriptedGrid.Script.AddressOf(0));
        while (state.GetProperty("moves").GetArrayLength() < 2)
        {
            state = (await reader.NextAsync()).Json;
        }

        Assert.Equal(["shard 1", "worker 1"], state.GetProperty("moves").EnumerateArray().Select(move => move.GetProperty("member").GetString()));
    }

    private static double SecondsOf(StreamEvent one) => one.Json.GetProperty("progress").GetProperty("seconds").GetDouble();

    private static async Task<StreamEvent> SkipToAsync(EventReader reader, string kind)
    {
        StreamEvent one = await reader.NextAsync();
        while (one.Kind != kind)
        {
            one = await reader.NextAsync();
        }

        return one;
    }
}
