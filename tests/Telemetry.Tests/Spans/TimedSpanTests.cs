using System.Diagnostics;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Telemetry.Spans;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests.Spans;

public sealed class TimedSpanTests
{
    // Nanoseconds of the clock's unit: a span that took no time is given one.
    private const long Tick = 100;

    private static readonly JobTrace Job = new("spans-1");

    [Fact]
    public void A_step_has_its_parts_inside_and_its_scalars_as_attributes()
    {
        using var caught = new SpanCatch(Job);
        var spans = new StepSpans(Job, every: 1);
        TicketRecord record = SampleRecords.Plain(7);
        record.Worker = 1;
        record.GradientNormSquared = 9;
        spans.Begin();
        spans.Ended(StepPart.Pull);
        spans.Ended(StepPart.Gradient);
        spans.Ended(StepPart.Encode);
        spans.Ended(StepPart.Push);
        spans.End(record, delay: 2, gap: 0.5);

        Assert.Null(Activity.Current);
        List<ReadSpan> read = caught.Spans();
        Assert.Equal(["pull", "gradient", "encode", "push", "step"], read.Select(span => span.Name));
        ReadSpan step = read[^1];
        Assert.Null(step.ParentSpanId);
        Assert.Equal((7L, 1L, 2L, 64L), (step.Get<long>("ticket"), step.Get<long>("worker"), step.Get<long>("delay"), step.Get<long>("samples")));
        Assert.Equal((0.5, 0.125, 1.0, 9.0),
            (step.Get<double>("gap"), step.Get<double>("rate"), step.Get<double>("update_norm"), step.Get<double>("gradient_squared")));
        Assert.Equal([7L, 7, 7, 7], step.Get<long[]>("view_versions"));
        Assert.Equal([0L, 0, 0, 0], step.Get<long[]>("view_incarnations"));
        long last = step.Start;
        foreach (ReadSpan part in read[..^1])
        {
            Assert.Equal(step.SpanId, part.ParentSpanId);
            Assert.Equal("spans-1", part.Get<string>("job"));
            Assert.InRange(part.Start - last, -Tick, Tick);
            Assert.InRange(part.End, part.Start, step.End + Tick);
            last = part.End;
        }

        Assert.InRange(step.End - last, -Tick, Tick);
    }

    [Fact]
    public void A_part_that_was_not_said_has_no_span_and_what_is_not_known_no_attribute()
    {
        using var caught = new SpanCatch(Job);
        var spans = new StepSpans(Job, every: 1);
        spans.Begin();
        spans.Ended(StepPart.Gradient);
        spans.End(SampleRecords.Plain(1), gap: double.NaN);

        List<ReadSpan> read = caught.Spans();
        Assert.Equal(["gradient", "step"], read.Select(span => span.Name));
        Assert.False(read[^1].Has("gap"));
        Assert.False(read[^1].Has("delay"));
        Assert.False(read[^1].Has("gradient_squared"));
    }

    [Fact]
    public void Seconds_of_a_part_run_from_the_end_of_the_one_before_it()
    {
        using var caught = new SpanCatch(Job);
        var spans = new StepSpans(Job);
        spans.Begin();
        spans.Ended(StepPart.Pull);
        spans.Ended(StepPart.Push);

        Assert.True(spans.Seconds(StepPart.Push) >= 0);
        Assert.Equal(double.NaN, spans.Seconds(StepPart.Gradient));
        spans.Begin();
        Assert.Equal(double.NaN, spans.Seconds(StepPart.Pull));
    }

    [Fact]
    public void No_clock_is_read_for_nobody()
    {
        var spans = new StepSpans(Job, every: 1);
        spans.Begin();
        spans.Ended(StepPart.Pull);
        Assert.Equal(double.NaN, spans.Seconds(StepPart.Pull));

        // Somebody comes in the middle of the step: it has no begin, so it has no span.
        using var caught = new SpanCatch(Job);
        spans.Ended(StepPart.Push);
        spans.End(SampleRecords.Plain(1));
        Assert.Empty(caught.Spans());
    }

    [Fact]
    public void What_a_step_asks_and_each_shards_answer_are_inside_and_a_lease_belongs_to_its_first_step()
    {
        using var caught = new SpanCatch(Job);
        var spans = new StepSpans(Job, every: 1);
        spans.Asks(StepQuestion.Lease);
        spans.Answered(StepQuestion.Lease);
        for (int step = 0; step < 2; step++)
        {
            spans.Begin();
            spans.Ended(StepPart.Gradient);
            spans.Asks(StepQuestion.Ticket);
            spans.Answered(StepQuestion.Ticket);
            spans.Ended(StepPart.Encode);
            spans.ShardAnswered(1);
            spans.ShardAnswered(0);
            spans.Ended(StepPart.Push);
            spans.End(SampleRecords.Plain(step));
        }

        List<ReadSpan> read = caught.Spans();
        Assert.Equal(
            ["gradient", "encode", "push.shard", "push.shard", "push", "lease", "ticket", "step"],
            read.Where(span => span.Get<long>("ticket") == 0).Select(span => span.Name));
        Assert.Equal(
            ["gradient", "encode", "push.shard", "push.shard", "push", "ticket", "step"],
            read.Where(span => span.Get<long>("ticket") == 1).Select(span => span.Name));
        ReadSpan push = read.First(span => span.Name == "push");
        ReadSpan[] shards = [.. read.Where(span => span.Name == "push.shard").Take(2)];
        Assert.Equal([0L, 1], shards.Select(span => span.Get<long>("shard")));
        Assert.All(shards, shard =>
        {
            Assert.Equal(push.SpanId, shard.ParentSpanId);
            Assert.InRange(shard.Start - push.Start, -Tick, Tick);
            Assert.InRange(shard.End, shard.Start, push.End + Tick);
        });
        Assert.InRange(shards[0].End, shards[1].End - Tick, long.MaxValue);
    }

    [Fact]
    public void Worker_and_shard_pick_the_same_tickets_and_the_rest_costs_no_memory()
    {
        using var caught = new SpanCatch(Job);
        var steps = new StepSpans(Job, every: 16);
        var shard = new JobSpans(Job, every: 16);
        TicketRecord record = SampleRecords.Plain(0);
        long before = 0;
        long unpicked = 0;
        for (long ticket = 0; ticket < 400; ticket++)
        {
            record.Ticket = ticket;
            before = GC.GetAllocatedBytesForCurrentThread();
            steps.Begin();
            steps.Ended(StepPart.Gradient);
            steps.End(record);
            shard.Apply(Stopwatch.GetTimestamp(), 0, 0, ticket, ticket + 1, 0, 100, "applied");
            unpicked += shard.Takes(ticket) ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        List<ReadSpan> read = caught.Spans();
        long[] stepped = [.. read.Where(span => span.Name == "step").Select(span => span.Get<long>("ticket"))];
        Assert.InRange(stepped.Length, 5, 60);
        Assert.Equal(stepped, read.Where(span => span.Name == "apply").Select(span => span.Get<long>("ticket")));
        Assert.Equal(0, unpicked);
    }

    [Fact]
    public void Coordinator_and_shards_tell_what_they_did()
    {
        using var caught = new SpanCatch(Job);
        var spans = new JobSpans(Job, every: 1);
        long begin = Stopwatch.GetTimestamp();
        spans.Apply(begin, shard: 2, incarnation: 1, ticket: 5, version: 6, delay: 3, bytes: 400, "applied");
        spans.Checkpoint(begin, ticket: 9, bytes: 1L << 33);
        spans.Rebalance(begin, workersMoved: 2, shardsMoved: 1, "silo-2 left");
        spans.Run(begin, "async", workers: 2, shards: 4, tickets: 1000, "completed");

        List<ReadSpan> read = caught.Spans();
        Assert.Equal(["apply", "checkpoint", "rebalance", "job"], read.Select(span => span.Name));
        Assert.Equal(["job", "ticket", "shard", "incarnation", "version", "delay", "bytes", "outcome"], read[0].Names);
        Assert.Equal(1L << 33, read[1].Get<long>("bytes"));
        Assert.Equal("silo-2 left", read[2].Get<string>("reason"));
        Assert.Equal((1000L, "completed"), (read[3].Get<long>("tickets"), read[3].Get<string>("outcome")));
        Assert.All(read, span => Assert.InRange(span.End - span.Start, 0, 60_000_000_000));
    }
}
