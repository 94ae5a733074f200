using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Tests.Reading;
using OrleansSgd.Testing;

namespace OrleansSgd.Telemetry.Tests.Ledger;

/// <summary>Goal: a reader of the file gets the whole ledger in its order, and sees when it does not.</summary>
public sealed class RunTraceTests
{
    private static readonly JobTrace Job = new("ledger-1");

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

    [Fact]
    public void A_run_is_read_back_whole_and_in_its_order()
    {
        List<ReadSpan> spans = Sample();

        Assert.Null(Chains.Mistake(spans));
        Assert.Equal(
            ["ledger.open", "ledger.cut", "ledger.rows", "ledger.event", "ledger.rows", "ledger.event", "ledger.event", "ledger.event",
                "ledger.event", "ledger.audit", "ledger.cut", "ledger.close"],
            spans.Select(span => span.Name));
        Assert.All(spans, span => Assert.Equal(Job.Id.ToHexString(), span.TraceId));
        Assert.All(spans, span => Assert.Null(span.ParentSpanId));
        Assert.All(spans, span => Assert.Equal("ledger-1", span.Get<string>("job")));
        Assert.All(spans, span => Assert.InRange(span.End, span.Start, long.MaxValue));

        ReadSpan open = spans[0];
        Assert.Equal(
            ["job", "sequence", "layout", "plan", "seed", "mode", "workers", "shards", "parameters", "form", "loss_exact", "confidence", "window",
                "digest"],
            open.Names);
        Assert.Equal(Opening.Plan, open.Get<string>("plan"));
        Assert.Equal("18446744073709551615", open.Get<string>("seed"));
        Assert.Equal("unbiased", open.Get<string>("form"));
        Assert.Equal(7850, open.Get<long>("parameters"));

        Assert.Equal(0, spans[2].Get<long>("first_row"));
        Assert.Equal([0L, 1], ReadRow.ReadAll(spans[2].Get<byte[]>("rows"), 4).Select(row => row.Ticket));
        Assert.Equal(2, spans[4].Get<long>("first_row"));
        Assert.Equal(1, spans[4].Get<long>("count"));
    }

    [Fact]
    public void Facts_are_told_with_all_they_need()
    {
        ReadSpan[] events = [.. Sample().Where(span => span.Name == "ledger.event")];

        Assert.Equal(["void", "settle", "retire", "restore", "break"], events.Select(span => span.Get<string>("kind")));
        Assert.Equal(2, events[0].Get<long>("ticket"));
        Assert.Equal(3, events[1].Get<long>("ticket"));
        Assert.Equal([1, 0, 1, 1], events[1].Get<byte[]>("applied"));
        Assert.Equal(1, events[2].Get<long>("worker"));
        Assert.Equal(9, events[2].Get<long>("ticket"));
        Assert.Equal(
            ["job", "sequence", "kind", "shard", "incarnation", "version", "watermark", "exceptions", "lost", "digest"], events[3].Names);
        Assert.Equal([200L, 1000], new ByteReader(events[3].Get<byte[]>("exceptions")).Tickets());
        Assert.Equal([3L], new ByteReader(events[3].Get<byte[]>("lost")).Tickets());
        Assert.Equal("The loss is unknown.", events[4].Get<string>("reason"));
    }

    [Fact]
    public void Cuts_tell_only_what_was_measured()
    {
        ReadSpan[] cuts = [.. Sample().Where(span => span.Name == "ledger.cut")];

        Assert.Equal(["job", "sequence", "ticket", "loss", "loss_error", "digest"], cuts[0].Names);
        Assert.Equal(0.25, cuts[1].Get<double>("gradient_squared"));
        Assert.Equal(BitConverter.GetBytes(1.5).Concat(BitConverter.GetBytes(-2.0)), cuts[1].Get<byte[]>("projections"));
        Assert.Equal(double.NaN, cuts[1].Get<double>("loss"));
    }

    [Fact]
    public void The_close_has_the_live_figures_and_leaves_out_what_is_not_known()
    {
        ReadSpan close = Sample()[^1];

        Assert.Equal(
            ["job", "sequence", "tickets", "rows", "outcome", "delay_mean", "delay_max", "condition", "certificate.status", "certificate.reason",
                "certificate.optimisation", "certificate.staleness", "certificate.noise", "certificate.bias", "certificate.jump", "digest"],
            close.Names);
        Assert.Equal(4, close.Get<long>("tickets"));
        Assert.Equal(3, close.Get<long>("rows"));
        Assert.Equal("not-shown", close.Get<string>("condition"));
        Assert.Equal("VOID", close.Get<string>("certificate.status"));
    }

    [Fact]
    public void A_chunk_ends_when_it_is_full()
    {
        using var caught = new SpanCatch(Job);
        using (RunTrace trace = RunTrace.Open(Job, Opening))
        {
            for (long ticket = 0; ticket < 3000; ticket++)
            {
                trace.Row(SampleRecords.Plain(ticket));
            }

            trace.Close(new RunFigures { Tickets = 3000, Outcome = RunFigures.Completed });
        }

        ReadSpan[] chunks = [.. caught.Spans().Where(span => span.Name == "ledger.rows")];
        Assert.Equal(3000, chunks.Sum(chunk => chunk.Get<long>("count")));
        Assert.True(chunks.Length >= 3, $"{chunks.Length} chunks of at most {RunTrace.ChunkRowsMax} rows.");
        Assert.All(chunks, chunk => Assert.InRange(chunk.Get<byte[]>("rows").Length, 1, RunTrace.ChunkSize + 1024));
        Assert.All(chunks[..^1], chunk => Assert.InRange(chunk.Get<byte[]>("rows").Length, 40_000, RunTrace.ChunkSize + 1024));
        Assert.Equal(
            Enumerable.Range(0, 3000).Select(ticket => (long)ticket),
            chunks.SelectMany(chunk => ReadRow.ReadAll(chunk.Get<byte[]>("rows"), 4)).Select(row => row.Ticket));
    }

    [Fact]
    public void Nothing_is_said_after_the_close()
    {
        using var caught = new SpanCatch(Job);
        using RunTrace trace = RunTrace.Open(Job, Opening);
        trace.Close(new RunFigures { Tickets = 0, Outcome = RunFigures.Cancelled });
        trace.Row(SampleRecords.Plain(0));
        trace.Cut(0, 1, 0);
        trace.Flush();

        Assert.False(trace.IsOn);
        Assert.Equal(["ledger.open", "ledger.close"], caught.Spans().Select(span => span.Name));
    }

    [Fact]
    public void A_ledger_that_nobody_takes_stays_off_even_when_somebody_comes_later()
    {
        using var other = new SpanCatch(new JobTrace("ledger-2"));
        using RunTrace trace = RunTrace.Open(Job, Opening);
        using var caught = new SpanCatch(Job);
        Assert.True(SpanCatch.Takes(Job));
        trace.Row(SampleRecords.Plain(0));
        trace.Close(new RunFigures { Tickets = 1, Outcome = RunFigures.Completed });

        Assert.False(trace.IsOn);
        Assert.Empty(other.Spans());
        Assert.DoesNotContain(caught.Spans(), span => span.IsLedger);
    }

    [Fact]
    public void Adding_a_row_allocates_nothing()
    {
        using var caught = new SpanCatch(Job);
        using RunTrace trace = RunTrace.Open(Job, Opening);
        TicketRecord record = SampleRecords.Plain(5);
        for (int i = 0; i < RunTrace.ChunkRowsMax; i++)
        {
            trace.Row(record);
        }

        trace.Flush();
        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 400; i++)
            {
                trace.Row(record);
            }
        }));
    }

    [Fact]
    public void Whatever_is_changed_in_a_chain_shows()
    {
        List<ReadSpan> whole = Sample();
        Assert.Null(Chains.Mistake(whole));
        for (int at = 0; at < whole.Count - 1; at++)
        {
            Assert.NotNull(Chains.Mistake(whole.Where((_, i) => i != at))); // cut out; of the last one the missing close tells
            Assert.NotNull(Chains.Mistake(whole.Take(at).Append(whole[at + 1]).Append(whole[at]).Concat(whole.Skip(at + 2))));
            Assert.NotNull(Chains.Mistake(whole.Take(at + 1).Concat(whole.Skip(at)))); // twice
        }

        for (int at = 0; at < whole.Count; at++)
        {
            for (int attribute = 0; attribute < whole[at].Attributes.Count; attribute++)
            {
                Assert.NotNull(Chains.Mistake(whole.Select((span, i) => i == at ? Changed(span, attribute) : span)));
            }
        }
    }

    private static ReadSpan Changed(ReadSpan span, int at)
    {
        List<KeyValuePair<string, object>> attributes = [.. span.Attributes];
        object changed = attributes[at].Value switch
        {
            string text => text + " ",
            long number => number + 1,
            double real => double.IsNaN(real) ? 0 : Math.BitIncrement(real),
            bool flag => !flag,
            byte[] bytes => bytes.Append((byte)0).ToArray(),
            object other => other,
        };
        attributes[at] = KeyValuePair.Create(attributes[at].Key, changed);
        return span with { Attributes = attributes };
    }

    private static List<ReadSpan> Sample()
    {
        using var caught = new SpanCatch(Job);
        using (RunTrace trace = RunTrace.Open(Job, Opening))
        {
            Assert.True(trace.IsOn);
            trace.Cut(0, loss: 2.5, lossError: 0);
            trace.Row(SampleRecords.Plain(0));
            trace.Row(SampleRecords.Plain(1));
            trace.Fact(new LedgerFact(LedgerFactKind.Void) { Ticket = 2 });
            trace.Row(SampleRecords.Plain(3));
            trace.Fact(new LedgerFact(LedgerFactKind.Orphan) { Ticket = 3 });
            trace.Fact(new LedgerFact(LedgerFactKind.Settle) { Ticket = 3, Applied = [true, false, true, true] });
            trace.Fact(new LedgerFact(LedgerFactKind.Retire) { Worker = 1, Ticket = 9 });
            trace.Fact(new LedgerFact(LedgerFactKind.Restore)
            {
                Shard = 2,
                Incarnation = 1,
                Version = 7,
                Watermark = 8,
                Exceptions = [200, 1000],
                Lost = [3],
            });
            trace.Fact(new LedgerFact(LedgerFactKind.Break) { Reason = "The loss is unknown." });
            trace.Audit(3, 0.5);
            trace.Cut(4, loss: double.NaN, lossError: 0.125, gradientSquared: 0.25, projections: [1.5, -2]);
            trace.Close(new RunFigures
            {
                Tickets = 4,
                Outcome = RunFigures.Completed,
                DelayMean = 0.5,
                DelayMax = 1,
                GapMean = double.NaN,
                Condition = ConditionVerdict.NotShown,
                Certificate = new CertificateValue(CertificateStatus.Void, "Because.", 0, 4, 3, 1, 2, 3, 4, 5, 6, 7, 8),
            });
        }

        return caught.Spans();
    }
}
