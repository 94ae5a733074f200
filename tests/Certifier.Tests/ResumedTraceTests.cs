using System.Text.Json;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;

namespace OrleansSgd.Certifier.Tests;

/// <summary>Goal: of a run that went back to a checkpoint exactly the path that was kept is checked. Method: traces of one worker and one shard by hand.</summary>
public sealed class ResumedTraceTests : IDisposable
{
    // The lost coordinator gave tickets 0 to 4 and had rows of 0 to 3; the next one goes on from ticket 2.
    private const long Checkpoint = 2;
    private const long Tickets = 4;
    private const int LivesBefore = 10;
    private const int NewLife = LivesBefore + 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("resumed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tickets_that_are_given_anew_are_checked_as_they_were_given_last()
    {
        Certification certified = Certify(Write("lost", LostRun), Write("resumed", () => ResumedRun()));

        Assert.Equal(("", 0L), (certified.Damage, certified.FindingCount));
        Assert.Equal((Tickets, Tickets, Tickets, 0L), (certified.Tickets, certified.Rows, certified.Steps, certified.Unchecked));
    }

    [Fact]
    public void Both_coordinators_may_have_written_one_file()
    {
        Certification certified = Certify(Write("both", () =>
        {
            LostRun();
            ResumedRun();
        }));

        Assert.Equal(("", 0L, 0L), (certified.Damage, certified.FindingCount, certified.Unchecked));
    }

    [Fact]
    public void Trace_of_the_last_process_stands_alone_and_what_only_the_lost_one_could_confirm_is_counted()
    {
        Certification certified = Certify(Write("resumed", () => ResumedRun()));

        Assert.Equal(("", 0L), (certified.Damage, certified.FindingCount));
        Assert.True(certified.Unchecked > 0);
    }

    [Fact]
    public void Planted_life_that_no_restore_speaks_of_is_found_where_no_resumption_explains_it()
    {
        Certification certified = Certify(Write("lost", LostRun), Write("resumed", () => ResumedRun(saysSo: false)));

        Assert.False(certified.ExactlyOnce);
        Assert.Contains(certified.Findings, one => one.Sentence.Contains("no restore says what it began with", StringComparison.Ordinal));
    }

    // The killed life may have applied it in the part of its log that it did not write.
    [Fact]
    public void Planted_loss_before_the_checkpoint_does_not_pass_as_checked()
    {
        Certification certified = Certify(Write("lost", () => LostRun(skipped: 1)), Write("resumed", () => ResumedRun()));

        Assert.Equal(1, certified.Unchecked);
    }

    [Fact]
    public void Planted_update_that_is_applied_twice_after_the_resumption_is_found()
    {
        Certification certified = Certify(Write("lost", LostRun), Write("resumed", () => ResumedRun(twice: 3)));

        Assert.False(certified.ExactlyOnce);
    }

    private static JobTrace Job { get; } = new("resumed-1");

    private string Write(string name, Action write)
    {
        string path = Path.Combine(_folder, name + ".jsonl");
        using (new TraceFile(path, Job))
        {
            write();
        }

        return path;
    }

    private static Certification Certify(params string[] files) => TraceCertifier.Certify(new CertifyRequest(files));

    private static void LostRun() => LostRun(skipped: -1);

    private static void LostRun(long skipped)
    {
        using RunTrace ledger = Open(generation: 1);
        for (long ticket = 0; ticket < 4; ticket++)
        {
            ledger.Row(Row(ticket, ticket, incarnation: 1));
        }

        ledger.Flush();
        Shard(incarnation: 1, version: 0, isWhole: false, [.. ((long[])[0, 1, 2, 3, 4]).Where(ticket => ticket != skipped)]);
        Shard(incarnation: 2, version: 5, isWhole: false, [5]);
    }

    private static void ResumedRun(bool saysSo = true, long twice = -1)
    {
        using RunTrace ledger = Open(generation: 2);
        for (long ticket = 0; ticket < Checkpoint; ticket++)
        {
            ledger.Row(Row(ticket, ticket, incarnation: 1));
        }

        if (saysSo)
        {
            ledger.Resume(Checkpoint, LivesBefore);
        }

        ledger.Fact(new LedgerFact(LedgerFactKind.Retire) { Worker = 0, Incarnation = 1, Ticket = Checkpoint });
        ledger.Fact(new LedgerFact(LedgerFactKind.Restore) { Shard = 0, Incarnation = NewLife, Version = Checkpoint, Watermark = Checkpoint });
        for (long ticket = Checkpoint; ticket < Tickets; ticket++)
        {
            ledger.Row(Row(ticket, ticket, NewLife));
        }

        Shard(NewLife, Checkpoint, isWhole: true, twice < 0 ? [2, 3] : [2, 3, twice]);
        ledger.Close(new RunFigures { Tickets = Tickets, Outcome = RunFigures.Completed });
    }

    private static RunTrace Open(long generation)
    {
        RunPlan plan = new();
        return RunTrace.Open(Job, new RunOpening
        {
            Plan = JsonSerializer.Serialize(plan),
            Generation = generation,
            Seed = 1,
            Mode = plan.Mode,
            Workers = 1,
            Shards = 1,
            Parameters = 3,
            Form = CertificateForm.Unbiased,
            Confidence = 0.99,
            Window = 100,
        });
    }

    private static void Shard(int incarnation, long version, bool isWhole, long[] tickets)
    {
        using ShardTrace log = ShardTrace.Open(Job, 0, incarnation, version);
        foreach (long ticket in tickets)
        {
            log.Applied(ticket);
        }

        log.Flush();
        if (isWhole)
        {
            log.Last();
        }
    }

    private static TicketRecord Row(long ticket, long version, int incarnation)
    {
        var record = new TicketRecord();
        record.Begin(1);
        record.Ticket = record.RoundTicket = ticket;
        record.Rate = 0.1;
        record.SampleCount = 1;
        record.Incarnation = incarnation;
        record.SetView(0, incarnation, version, []);
        record.Slices[0].ViewVersion = version;
        record.Slices[0].NormSquared = 1;
        record.Slices[0].State = SliceState.Applied;
        return record;
    }
}
