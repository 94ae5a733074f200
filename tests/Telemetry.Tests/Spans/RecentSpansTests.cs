using System.Diagnostics;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Telemetry.Tests.Spans;

/// <summary>Goal: who looks sees the newest updates, and who does not look pays nothing. Method: spans made here, a clock that a test moves.</summary>
public sealed class RecentSpansTests : IDisposable
{
    private static readonly JobTrace Job = new("recent-1");

    private static readonly RunOpening Opening = new()
    {
        Plan = """{"mode":"async","name":"Gradient ‖∇f‖²"}""",
        Seed = ulong.MaxValue,
        Mode = "async",
        Workers = 2,
        Shards = 4,
        Parameters = 7850,
        Form = CertificateForm.Unbiased,
        Confidence = 0.99,
        Window = 1000,
    };

    private readonly MovedTime _time = new();
    private readonly RecentSpans _spans;

    public RecentSpansTests() => _spans = new(_time);

    public void Dispose() => _spans.Dispose();

    [Fact]
    public void The_first_question_finds_nothing_and_begins_the_listening()
    {
        Apply(1);
        Assert.False(_spans.IsListening);
        Assert.Empty(_spans.Of("recent-1"));
        Assert.True(_spans.IsListening);
        Apply(2);
        new JobSpans(new JobTrace("recent-2"), every: 1).Apply(Stopwatch.GetTimestamp(), 0, 0, 3, 3, 0, 10, "Applied");
        new JobSpans(Job, every: 1).Checkpoint(Stopwatch.GetTimestamp(), ticket: 2, bytes: 5);

        TimedSpan span = Assert.Single(_spans.Of("recent-1"));
        Assert.Equal((TraceNames.Apply, 2L, -1, 3, 4L, 100L, "Applied"), (span.Name, span.Ticket, span.Worker, span.Shard, span.Delay, span.Bytes, span.Outcome));
        Assert.InRange(span.BeginMicroseconds, 1_000_000_000_000_000, long.MaxValue);
    }

    [Fact]
    public void A_minute_without_a_question_ends_it_and_each_question_gives_it_another()
    {
        _spans.Of("recent-1");
        _time.Move(RecentSpans.Patience - TimeSpan.FromSeconds(1));
        _spans.Of("recent-1");
        _time.Move(RecentSpans.Patience - TimeSpan.FromSeconds(1));
        Assert.True(_spans.IsListening);
        _time.Move(TimeSpan.FromSeconds(2));

        Assert.False(_spans.IsListening);
        Assert.False(JobTrace.IsHeard);
    }

    [Fact]
    public void Only_the_newest_are_kept()
    {
        _spans.Of("recent-1");
        for (int ticket = 0; ticket < RecentSpans.CountMax + 10; ticket++)
        {
            Apply(ticket);
        }

        TimedSpan[] kept = _spans.Of("recent-1");

        Assert.Equal(RecentSpans.CountMax, kept.Length);
        Assert.Equal((10L, RecentSpans.CountMax + 9L), (kept[0].Ticket, kept[^1].Ticket));
    }

    [Fact]
    public void Looking_begins_no_ledger()
    {
        _spans.Of("recent-1");

        using RunTrace trace = RunTrace.Open(Job, Opening);

        Assert.False(trace.IsOn);
        Assert.Empty(_spans.Of("recent-1"));
    }

    private static void Apply(long ticket) =>
        new JobSpans(Job, every: 1).Apply(Stopwatch.GetTimestamp(), shard: 3, incarnation: 1, ticket, version: 9, delay: 4, bytes: 100, "Applied");

    /// <summary>A clock whose timers fire when a test moves it past them.</summary>
    private sealed class MovedTime : TimeProvider
    {
        private readonly List<MovedTimer> _timers = [];

        public TimeSpan Now { get; private set; }

        public void Move(TimeSpan by)
        {
            Now += by;
            _timers.ForEach(timer => timer.Look());
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new MovedTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class MovedTimer(MovedTime time, Action fire) : ITimer
    {
        private TimeSpan? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : time.Now + dueTime;
            return true;
        }

        public void Look()
        {
            if (_due <= time.Now)
            {
                _due = null;
                fire();
            }
        }

        public void Dispose() => _due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
