using OrleansSgd.Core.Shards;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests.Ledger;

/// <summary>Goal: a reader finds what a shard settled, in its order, with the version of each.</summary>
public sealed class ShardTraceTests
{
    private static readonly JobTrace Job = new("shards-1");

    [Fact]
    public void A_log_reads_back_as_what_was_settled() => SeedLaw.ForAll(seed =>
    {
        var random = new Random(seed);
        long version = random.Next(1000);
        List<(long Ticket, ulong Kind)> settled = [];
        using var caught = new SpanCatch(Job);
        using (ShardTrace trace = ShardTrace.Open(Job, shard: 3, incarnation: 2, version))
        {
            for (int i = 0; i < 200; i++)
            {
                Settle(trace, random, settled);
            }

            trace.Last();
            trace.Applied(1);
        }

        List<ReadSpan> spans = caught.Spans();
        Assert.Null(Chains.Mistake(spans));
        Assert.Equal(["job", "shard", "incarnation", "sequence", "version", "count", "entries", "is_last", "digest"], spans[0].Names);
        Assert.Equal(settled, spans.SelectMany(Entries));
        Assert.Equal(settled.Count, spans.Sum(span => span.Get<long>("count")));
        foreach (ReadSpan span in spans)
        {
            Assert.Equal(3, span.Get<long>("shard"));
            Assert.Equal(2, span.Get<long>("incarnation"));
            Assert.Equal(version, span.Get<long>("version"));
            Assert.Equal(span == spans[^1], span.Get<bool>("is_last"));
            version += Entries(span).Count(entry => entry.Kind == 0);
        }
    });

    [Fact]
    public void Entries_of_a_shard_are_written_as_what_they_are()
    {
        using var caught = new SpanCatch(Job);
        using ShardTrace trace = ShardTrace.Open(Job, shard: 0, incarnation: 0, version: 0);
        trace.Add(new ShardEntry(5, ShardEntryKind.AppliedInRound));
        trace.Add(new ShardEntry(4, ShardEntryKind.Applied));
        trace.Add(new ShardEntry(6, ShardEntryKind.Void));
        trace.Last();

        Assert.Equal([(5L, 1UL), (4L, 0UL), (6L, 2UL)], Entries(Assert.Single(caught.Spans())));
    }

    [Fact]
    public void A_full_span_is_handed_on_without_being_asked()
    {
        using var caught = new SpanCatch(Job);
        using ShardTrace trace = ShardTrace.Open(Job, shard: 0, incarnation: 0, version: 0);
        for (long ticket = 0; ticket <= ShardTrace.ChunkSize; ticket++)
        {
            trace.Applied(ticket);
        }

        Assert.Equal(ShardTrace.ChunkSize, Assert.Single(caught.Spans()).Get<long>("count"));
    }

    [Fact]
    public void A_life_that_settled_nothing_says_so_at_its_end()
    {
        using var caught = new SpanCatch(Job);
        using ShardTrace trace = ShardTrace.Open(Job, shard: 0, incarnation: 5, version: 12);
        trace.Flush();
        trace.Last();

        ReadSpan span = Assert.Single(caught.Spans());
        Assert.Equal((0L, 12L, true), (span.Get<long>("count"), span.Get<long>("version"), span.Get<bool>("is_last")));
    }

    [Fact]
    public void A_log_that_nobody_takes_stays_off()
    {
        using var other = new SpanCatch(new JobTrace("shards-2"));
        using ShardTrace trace = ShardTrace.Open(Job, shard: 0, incarnation: 0, version: 0);
        trace.Applied(1);
        trace.Flush();
        Assert.False(trace.IsOn);

        using var caught = new SpanCatch(Job);
        trace.Applied(2);
        trace.Last();
        Assert.Empty(caught.Spans());
        Assert.Empty(other.Spans());
    }

    private static void Settle(ShardTrace trace, Random random, List<(long Ticket, ulong Kind)> settled)
    {
        long ticket = random.NextInt64(1L << 50);
        switch (random.Next(4))
        {
            case 0:
                trace.Applied(ticket);
                settled.Add((ticket, 0));
                break;
            case 1:
                trace.Voided(ticket);
                settled.Add((ticket, 2));
                break;
            case 2:
                long[] round = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => random.NextInt64(1L << 50))];
                trace.AppliedInRound(round);
                settled.AddRange(round.Select((one, i) => (one, i == round.Length - 1 ? 0UL : 1)));
                break;
            default:
                trace.Flush();
                break;
        }
    }

    private static List<(long Ticket, ulong Kind)> Entries(ReadSpan span)
    {
        var reader = new ByteReader(span.Get<byte[]>("entries"));
        List<(long, ulong)> entries = [];
        long last = 0;
        while (!reader.IsAtEnd)
        {
            ulong entry = reader.Unsigned();
            ulong zigzag = entry >> 2;
            last += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            entries.Add((last, entry & 3));
        }

        return entries;
    }
}
