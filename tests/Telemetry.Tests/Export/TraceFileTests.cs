using System.Diagnostics;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Spans;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests.Export;

/// <summary>Goal: no ledger span is ever missing, and no disk takes a run down.</summary>
public sealed class TraceFileTests
{
    private static readonly JobTrace Job = new("file-1");

    [Fact]
    public void The_file_is_written_into_its_folder_and_can_be_read_while_it_grows()
    {
        string folder = Directory.CreateTempSubdirectory("trace-").FullName;
        try
        {
            string path = Path.Combine(folder, "trace.jsonl");
            using (var file = new TraceFile(path, Job))
            {
                Say("a", 1);
                using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                Assert.True(reader.CanRead);
            }

            Assert.Equal("checkpoint", Assert.Single(OtlpLines.Read(File.ReadAllBytes(path))).Name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Strings_of_any_kind_survive()
    {
        using var caught = new SpanCatch(Job);
        string reason = "\"quoted\" \\ \n \t \u0001 ‖∇f‖² 漢 \U0001F600 \u2028";
        new JobSpans(Job).Rebalance(Stopwatch.GetTimestamp(), 0, 0, reason);

        Assert.Equal(reason, Assert.Single(caught.Spans()).Get<string>("reason"));
    }

    [Fact]
    public void Ledger_spans_wait_for_a_slow_disk_and_timed_spans_are_dropped()
    {
        const int LedgerCount = 3 * TraceFile.WaitingMax;
        const int TimedCount = 500;
        var disk = new SlowStream();
        var file = new TraceFile(disk, Job, report: null);
        Say("first", 1);
        disk.WaitForWriter();

        // The disk stands still: timed spans fill their half, then the ledger's writer comes to a stop.
        Say("timed", TimedCount);
        Assert.InRange(file.DroppedCount, TimedCount - TraceFile.WaitingMax, TimedCount - 1);
        long said = 0;
        var ledger = new Thread(() =>
        {
            using ShardTrace trace = ShardTrace.Open(Job, 0, 0, 0);
            for (long ticket = 0; ticket < LedgerCount; ticket++)
            {
                trace.Applied(ticket);
                trace.Flush();
                Interlocked.Increment(ref said);
            }

            trace.Last();
        });
        ledger.Start();
        WaitUntilBlocked(ledger, () => Interlocked.Read(ref said));
        Assert.InRange(Interlocked.Read(ref said), 1, TraceFile.WaitingMax);

        disk.Release();
        ledger.Join();
        file.Dispose();
        Assert.Null(file.Error);
        List<ReadSpan> spans = OtlpLines.Read(disk.ToArray());
        ReadSpan[] logs = [.. spans.Where(span => span.IsLedger)];
        Assert.Equal(LedgerCount + 1, logs.Length);
        Assert.Null(Chains.Mistake(logs));
        Assert.Equal(1 + TimedCount - file.DroppedCount, spans.Count - logs.Length);
    }

    [Fact]
    public void Threads_that_write_at_once_lose_nothing_and_mix_nothing()
    {
        const int ThreadCount = 8;
        const int SpanCount = 400;
        using var caught = new SpanCatch(Job);
        Thread[] threads =
        [
            .. Enumerable.Range(0, ThreadCount).Select(shard => new Thread(() =>
            {
                using ShardTrace trace = ShardTrace.Open(Job, shard, 0, 0);
                for (long ticket = 0; ticket < SpanCount; ticket++)
                {
                    trace.Applied(ticket);
                    trace.Flush();
                    Say("beside", 1);
                }

                trace.Last();
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        List<ReadSpan> spans = caught.Spans();
        foreach (IGrouping<long, ReadSpan> log in spans.Where(span => span.IsLedger).GroupBy(span => span.Get<long>("shard")))
        {
            Assert.Equal(SpanCount + 1, log.Count());
            Assert.Null(Chains.Mistake(log));
        }

        Assert.Equal(spans.Count, spans.Select(span => span.SpanId).Distinct().Count());
    }

    [Fact]
    public void A_full_disk_is_told_once_and_training_goes_on()
    {
        List<string> reports = [];
        var disk = new SlowStream(sizeMax: 20_000);
        disk.Release();
        var file = new TraceFile(disk, Job, reports.Add);
        using (RunTrace trace = RunTrace.Open(Job, Opening))
        {
            for (long ticket = 0; ticket < 20 * RunTrace.ChunkRowsMax; ticket++)
            {
                trace.Row(SampleRecords.Plain(ticket));
            }

            trace.Close(new RunFigures { Tickets = 1, Outcome = RunFigures.Completed });
        }

        file.Dispose();
        string report = Assert.Single(reports);
        Assert.Equal(report, file.Error);
        Assert.Equal("The trace is not whole: No space left on device. Training goes on; make room on the disk before the next run.", report);
        Assert.DoesNotContain(OtlpLines.Read(disk.ToArray()), span => span.Name == "ledger.close");
    }

    [Fact]
    public void A_disk_that_fails_lets_go_of_those_who_wait_for_it()
    {
        var disk = new SlowStream(sizeMax: 0);
        var file = new TraceFile(disk, Job, report: null);
        Say("first", 1);
        disk.WaitForWriter();
        long said = 0;
        var ledger = new Thread(() =>
        {
            using ShardTrace trace = ShardTrace.Open(Job, 0, 0, 0);
            for (int i = 0; i < 2 * TraceFile.WaitingMax; i++)
            {
                trace.Applied(i);
                trace.Flush();
                Interlocked.Increment(ref said);
            }
        });
        ledger.Start();
        WaitUntilBlocked(ledger, () => Interlocked.Read(ref said));
        disk.Release();

        Assert.True(ledger.Join(TimeSpan.FromMinutes(1)), "The writer still waits for a disk that has failed.");
        file.Dispose();
        Assert.NotNull(file.Error);
    }

    [Fact]
    public void Spans_that_come_after_the_file_is_closed_are_nobodys()
    {
        var file = new TraceFile(new MemoryStream(), Job, report: null);
        file.Dispose();
        file.Dispose();
        Say("late", 1);

        Assert.False(SpanCatch.Takes(Job));
        Assert.Null(file.Error);
    }

    private static RunOpening Opening => new()
    {
        Plan = "{}",
        Seed = 1,
        Mode = "async",
        Workers = 1,
        Shards = 4,
        Parameters = 4,
        Form = CertificateForm.Unbiased,
        Confidence = 0.99,
        Window = 100,
    };

    private static void Say(string reason, int count)
    {
        var spans = new JobSpans(Job);
        for (int i = 0; i < count; i++)
        {
            if (reason == "first" || reason == "a")
            {
                spans.Checkpoint(Stopwatch.GetTimestamp(), i, 0);
            }
            else
            {
                spans.Rebalance(Stopwatch.GetTimestamp(), 0, 0, reason);
            }
        }
    }

    // Nothing else can tell that a thread waits in a lock; it does so for as long as the disk stands still.
    private static void WaitUntilBlocked(Thread thread, Func<long> progress)
    {
        Assert.True(SpinWait.SpinUntil(
            () => progress() > 0 && thread.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromMinutes(1)),
            $"The thread never waited; it said {progress()} things.");
    }
}
