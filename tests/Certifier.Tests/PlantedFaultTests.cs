using OrleansSgd.Certifier.Tests.Traces;

namespace OrleansSgd.Certifier.Tests;

/// <summary>Each fault of a run, written into a trace whose bytes and digests are whole, is found, at its ticket.</summary>
public sealed class PlantedFaultTests
{
    private const int SeedCount = 15;

    [Fact]
    public void Lost_update_is_found_at_its_ticket() => ForEach(RunFault.LostUpdate, (again, ticket) =>
    {
        AssertFirst(again, FindingKind.ExactlyOnce, ticket);
        Assert.Contains(again.Findings, one => one.Ticket == ticket && one.Sentence.Contains("lost update", StringComparison.Ordinal));
        Assert.False(again.ExactlyOnce);
    });

    [Fact]
    public void Torn_slice_is_found_at_its_ticket_and_shard() => ForEach(RunFault.LostUpdate, (again, ticket) =>
    {
        AssertFirst(again, FindingKind.ExactlyOnce, ticket);
        Assert.DoesNotContain(again.Findings, one => one.Kind == FindingKind.ExactlyOnce && one.Shard > 0);
    });

    [Fact]
    public void Update_applied_twice_is_found_at_its_ticket() => ForEach(RunFault.DoubleApply, (again, ticket) =>
    {
        AssertFirst(again, FindingKind.ExactlyOnce, ticket);
        Assert.Contains(again.Findings, one => one.Kind == FindingKind.Conservation && one.Ticket <= ticket);
    });

    [Fact]
    public void Update_applied_at_another_rate_is_found_between_its_cuts() => ForEach(RunFault.WrongRate, (again, ticket) =>
    {
        Finding first = again.FirstViolation!.Value;
        Assert.Equal((FindingKind.Conservation, 0), (first.Kind, first.Shard));
        Assert.True(first.Ticket <= ticket);
        Assert.Single(again.Findings, one => one.Kind == FindingKind.Conservation);
    });

    [Fact]
    public void Under_reported_delay_is_found_at_its_ticket() => ForEach(RunFault.UnderReportedDelay, (again, ticket) =>
    {
        AssertFirst(again, FindingKind.View, ticket);
        Assert.Contains("under-reported", again.FirstViolation!.Value.Sentence, StringComparison.Ordinal);
        Assert.Equal(1, again.FindingCount);
    });

    [Fact]
    public void Ticket_taken_before_its_view_is_found_at_its_ticket() =>
        ForEach(RunFault.EarlyTicket, (again, ticket) => AssertFirst(again, FindingKind.Order, ticket));

    [Fact]
    public void Missing_row_is_found_at_its_ticket() => ForEach((model, ticket) => model.Ledger.Remove(model.RowOf(ticket)), FindingKind.Order);

    [Fact]
    public void Row_that_comes_twice_is_found_at_its_ticket() =>
        ForEach((model, ticket) => model.Ledger.Insert(model.Ledger.IndexOf(model.RowOf(ticket)), model.RowOf(ticket)), FindingKind.Order);

    [Fact]
    public void Void_ticket_that_was_applied_is_found_at_its_ticket() => ForEach(
        (model, ticket) => model.Ledger[model.Ledger.IndexOf(model.RowOf(ticket))] = new ModelVoid(ticket), FindingKind.ExactlyOnce);

    [Fact]
    public void Slice_that_is_void_by_its_row_and_applied_by_its_shard_is_found_at_its_ticket() =>
        ForEach((model, ticket) => model.RowOf(ticket).Slices[0].State = 2, FindingKind.ExactlyOnce);

    [Fact]
    public void Ticket_that_was_never_settled_is_found() =>
        ForEach((model, ticket) => model.RowOf(ticket).Slices[0].State = 0, FindingKind.Order);

    [Fact]
    public void View_that_lacks_what_the_shard_had_is_found_at_its_ticket() => ForEach(
        (model, ticket) => model.RowOf(ticket).Slices[0].View.Remove(model.RowOf(ticket).Slices[0].View.Max), FindingKind.View);

    [Fact]
    public void View_of_a_life_that_never_was_is_found_at_its_ticket() =>
        ForEach((model, ticket) => model.RowOf(ticket).Slices[0].ViewIncarnation = 7, FindingKind.View);

    [Fact]
    public void Exact_distance_above_its_bound_is_found_at_its_ticket() => ForEach(
        (model, ticket) => model.Ledger.Add(new ModelAudit(ticket, 100)), FindingKind.Distance);

    [Fact]
    public void Restore_that_hides_a_loss_is_found_at_the_lost_ticket()
    {
        int hidden = 0;
        for (int seed = 1; seed <= 60; seed++)
        {
            var run = RandomRun.Of(seed, new RunShape { HasHeldMass = false });
            TraceModel model = run.Model;
            int at = model.Ledger.FindIndex(item => item is ModelRestore { Lost.Length: > 0 });
            if (at < 0)
            {
                continue;
            }

            var restore = (ModelRestore)model.Ledger[at];
            long ticket = restore.Lost[^1];
            model.Ledger[at] = restore with { Lost = restore.Lost[..^1] };
            PlainFigures.Of(model);
            model.Figures.Clear();
            Certification again = TraceFiles.Certify(model);
            if (model.Rows.All(row => row.Ticket != ticket))
            {
                continue;
            }

            hidden++;
            Assert.True(again.FindingCount > 0, $"Seed {seed}: the loss of ticket {ticket} stays hidden.");
            Assert.Contains(again.Findings, one => one.Kind == FindingKind.Restore && one.Ticket == ticket && one.Shard == restore.Shard);
            Assert.False(again.ExactlyOnce);
        }

        Assert.True(hidden > 10, $"Only {hidden} losses were hidden.");
    }

    [Fact]
    public void Live_figure_that_its_rows_do_not_give_is_found()
    {
        RandomRun first = RandomRun.Of(2, RunShape.Plain());
        PlainFigures.Of(first.Model);
        foreach (string figure in first.Model.Figures.Keys)
        {
            var run = RandomRun.Of(2, RunShape.Plain());
            PlainFigures.Of(run.Model);
            if (run.Model.Figures[figure] is 0 or double.NaN)
            {
                continue;
            }

            double live = run.Model.Figures[figure];
            run.Model.Figures[figure] = figure == "delay_max" ? live + 1 : live * (1 + 1e-8);
            Certification again = TraceFiles.Certify(run.Model);
            Assert.Equal(FindingKind.Agreement, again.FirstViolation!.Value.Kind);
            Assert.Contains(figure, again.FirstViolation.Value.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Status_or_condition_that_its_rows_do_not_give_is_found()
    {
        var run = RandomRun.Of(2, RunShape.Plain());
        PlainFigures.Of(run.Model);
        run.Model.Condition = "violated";
        Assert.Equal(FindingKind.Agreement, TraceFiles.Certify(run.Model).FirstViolation!.Value.Kind);
        run.Model.Condition = null;
        run.Model.Status = run.Model.Status == "VOID" ? "STATISTICAL" : "VOID";
        Assert.Equal(FindingKind.Agreement, TraceFiles.Certify(run.Model).FirstViolation!.Value.Kind);
    }

    [Fact]
    public void Gaps_above_the_bound_are_found_at_their_window()
    {
        TraceModel model = RoundRun.Of(1);
        model.Bound = 1e-6;
        Certification again = TraceFiles.Certify(model);
        Assert.Equal("violated", again.Condition);
        Assert.Equal((FindingKind.Condition, 0L), (again.FirstViolation!.Value.Kind, again.FirstViolation.Value.Ticket));
        Assert.Equal("holds", TraceFiles.Certify(RoundRun.Of(1), bound: 1000).Condition);
    }

    private static void ForEach(RunFault fault, Action<Certification, long> check)
    {
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            // A ticket whose view of shard 0 lacks something, so that there is something to claim.
            var clean = RandomRun.Of(seed, RunShape.Plain());
            long ticket = clean.Model.Rows.First(row => row.Ticket > 20 && row.Rate > 0 && row.Slices[0].View.Count < row.Ticket).Ticket;
            var run = RandomRun.Of(seed, RunShape.Plain(fault, ticket));
            Certification again = TraceFiles.Certify(run.Model);
            Assert.True(again.Verdict == CertifyVerdict.Violated, $"Seed {seed}, ticket {ticket}: {again.Verdict} {again.Damage}");
            check(again, ticket);
        }
    }

    private static void ForEach(Action<TraceModel, long> spoil, FindingKind kind)
    {
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            var run = RandomRun.Of(seed, RunShape.Plain());
            long ticket = run.Model.Rows.First(row => row.Ticket > 20 && !IsSettledLater(run.Model, row.Ticket)).Ticket;
            spoil(run.Model, ticket);
            Certification again = TraceFiles.Certify(run.Model);
            Assert.True(again.Verdict == CertifyVerdict.Violated, $"Seed {seed}, ticket {ticket}: {again.Verdict} {again.Damage}");
            AssertFirst(again, kind, ticket);
        }
    }

    private static bool IsSettledLater(TraceModel model, long ticket) => model.Ledger.OfType<ModelSettle>().Any(settle => settle.Ticket == ticket);

    private static void AssertFirst(Certification again, FindingKind kind, long ticket)
    {
        Finding first = Assert.NotNull(again.FirstViolation);
        Finding found = again.Findings.FirstOrDefault(one => one.Kind == kind && one.Ticket == ticket);
        Assert.True(found.Sentence is not null, $"Ticket {ticket}: {string.Join('\n', again.Findings.Take(5))}");

        // Conservation can name only the cut before.
        Assert.True(first.Ticket == ticket || first.Kind == FindingKind.Conservation, $"Ticket {ticket}: {first}");
    }
}
