using System.Text.Json;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;

namespace OrleansSgd.Certifier.Tests;

/// <summary>Goal: what keepers add to a new life of a shard counts as applied there, if it is said. Method: traces of one worker and one shard by hand.</summary>
public sealed class ReplayedTraceTests : IDisposable
{
    // The first life has applied tickets 0 and 1; ticket 2 was on its way to it, and only its keeper had it.
    private const long Kept = 2;
    private const long Tickets = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("replayed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Update_that_only_a_keeper_had_is_in_x_once()
    {
        Certification certified = Certify([Kept]);

        Assert.Equal(("", 0L, 0L), (certified.Damage, certified.FindingCount, certified.Unchecked));
        Assert.True(certified.ExactlyOnce);
    }

    [Fact]
    public void Update_that_both_the_life_before_and_a_keeper_had_is_in_x_once() =>
        Assert.Equal(0L, Certify([1, Kept]).FindingCount);

    [Fact]
    public void Planted_update_that_the_new_life_begins_with_although_nobody_replayed_it_is_found()
    {
        Certification certified = Certify([]);

        Assert.False(certified.ExactlyOnce);
        Assert.Contains(certified.Findings, one => one.Ticket == Kept && one.Sentence.Contains("nobody replayed it", StringComparison.Ordinal));
    }

    [Fact]
    public void Planted_replay_of_an_update_that_is_void_is_found()
    {
        Certification certified = Certify([Kept], isKeptVoid: true);

        Assert.False(certified.ExactlyOnce);
        Assert.Contains(certified.Findings, one => one.Ticket == Kept && one.Sentence.Contains("begins with it replayed", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_life_that_was_cut_off_applied_where_the_next_one_has_a_kept_update_is_in_no_view()
    {
        Certification certified = Certify([Kept], isCutOff: true);

        Assert.Equal(("", 0L, 0L), (certified.Damage, certified.FindingCount, certified.Unchecked));
        Assert.True(certified.ExactlyOnce);
    }

    [Fact]
    public void Planted_view_whose_update_a_kept_one_takes_the_place_of_is_found()
    {
        Certification certified = Certify([Kept], isSeenLost: true);

        Assert.False(certified.ExactlyOnce);
        Assert.Contains(certified.Findings, one => one.Ticket == 1 && one.Sentence.Contains("is said to be lost", StringComparison.Ordinal));
    }

    private Certification Certify(long[] replayed, bool isKeptVoid = false, bool isCutOff = false, bool isSeenLost = false)
    {
        JobTrace job = new("replayed-1");
        string path = Path.Combine(_folder, "trace.jsonl");
        using (new TraceFile(path, job))
        {
            Write(job, replayed, isKeptVoid, isCutOff, isSeenLost);
        }

        return TraceCertifier.Certify(new CertifyRequest([path]));
    }

    // Cut off: the first life goes on and applies the last ticket, which no other shard life ever has. Seen lost: ticket 1 is in the view, but not in
    // the second life.
    private static void Write(JobTrace job, long[] replayed, bool isKeptVoid, bool isCutOff, bool isSeenLost)
    {
        using RunTrace ledger = Open(job);
        for (long ticket = 0; ticket < Kept; ticket++)
        {
            ledger.Row(Row(ticket, incarnation: 1, isVoid: false));
        }

        ledger.Fact(new LedgerFact(LedgerFactKind.Restore)
        {
            Shard = 0,
            Incarnation = 2,
            Version = Kept + 1,
            Watermark = Kept + 1,
            Lost = isSeenLost ? [1] : [],
            Replayed = replayed,
        });
        ledger.Row(Row(Kept, incarnation: 1, isKeptVoid)); // its worker has heard of the new life by now
        ledger.Row(Row(Kept + 1, isCutOff ? 1 : 2, isVoid: isCutOff));
        Shard(job, 1, 0, isCutOff ? [0, 1, Kept + 1] : [0, 1]);
        Shard(job, 2, Kept + 1, isCutOff ? [] : [Kept + 1]);
        ledger.Close(new RunFigures { Tickets = Tickets, Outcome = RunFigures.Completed });
    }

    private static void Shard(JobTrace job, int incarnation, long version, long[] tickets)
    {
        using ShardTrace log = ShardTrace.Open(job, 0, incarnation, version);
        foreach (long ticket in tickets)
        {
            log.Applied(ticket);
        }

        log.Last();
    }

    private static RunTrace Open(JobTrace job)
    {
        RunPlan plan = new();
        return RunTrace.Open(job, new RunOpening
        {
            Plan = JsonSerializer.Serialize(plan),
            Generation = 1,
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

    private static TicketRecord Row(long ticket, int incarnation, bool isVoid)
    {
        var record = new TicketRecord();
        record.Begin(1);
        record.Ticket = record.RoundTicket = ticket;
        record.Rate = 0.1;
        record.SampleCount = 1;
        record.Incarnation = 1;
        record.SetView(0, incarnation, ticket, []);
        record.Slices[0].ViewVersion = ticket;
        record.Slices[0].NormSquared = 1;
        record.Slices[0].State = isVoid ? SliceState.Tombstoned : SliceState.Applied;
        return record;
    }
}
