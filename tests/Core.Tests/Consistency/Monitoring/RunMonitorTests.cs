using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Tests.Consistency.Monitoring;

public class RunMonitorTests
{
    private static readonly Quadratic Problem = new(18, 0.2, 1, 0.5);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Certificate_of_a_watched_run_bounds_the_true_average(int topK) => SeedLaw.ForAll(seed =>
    {
        AsyncPlan plan = new() { Seed = seed, Problem = Problem, Tickets = 1200, Rate = _ => 1.0 / 40, TopK = topK };
        RunMonitor monitor = WatchedRun.Of(plan, out AsyncResult run);
        MonitorReport report = monitor.Report();

        Assert.Empty(report.Alarms);
        Assert.Equal(CertificateStatus.Statistical, report.Certificate.Status);
        Assert.Equal("Estimated: noise.", report.Certificate.Reason);
        Assert.True(report.Certificate.Total >= run.GradientsSquared.Average(), report.Certificate.ToString());
        Assert.Equal(FalsificationVerdict.Consistent, report.Falsification.Verdict);

        // 2.326 standard errors above the mean: one stretch in a hundred is below the truth, a little.
        Assert.InRange(report.Noise, 0.47, 0.6);
        Assert.True(report.BoundPredicted.Value > report.BoundMeasured);
        Assert.True(report.Condition is ConditionVerdict.Holds or ConditionVerdict.Undecided, report.ConditionNewest.ToString());
        Assert.Equal((1200, 1200, 1200), (report.TicketsFinalised, report.TicketEnd, report.StepCount));
    });

    [Fact]
    public void Losses_told_late_change_nothing()
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 5, Problem = Problem });
        MonitorReport[] reports = [Watch(run, 0).Report(), Watch(run, 40).Report()];

        Assert.Equal(reports[0].Certificate, reports[1].Certificate);
        Assert.Equal(reports[0].Noise, reports[1].Noise);
        Assert.Equal(CertificateStatus.Statistical, reports[0].Certificate.Status);

        static RunMonitor Watch(AsyncResult run, int lag)
        {
            RunMonitor monitor = Monitor(run);
            for (int i = 0; i < 300 + lag; i++)
            {
                if (i % 100 == 0 && i < 300)
                {
                    Assert.True(monitor.Expect(i));
                }

                if (i < 300)
                {
                    monitor.Record(run.Steps[i].Record);
                }

                int told = i - lag;
                if (told >= 0 && told % 100 == 0)
                {
                    Assert.True(monitor.Cut(LossAt(run, told)));
                }
            }

            Assert.True(lag > 0 || monitor.NextTicket == 300);
            return monitor;
        }
    }

    [Fact]
    public void Loss_that_was_not_announced_in_time_is_left_out_with_a_warning()
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 6, Problem = Problem });
        RunMonitor monitor = Monitor(run);
        monitor.Record(run.Steps[0].Record);

        Assert.False(monitor.Expect(0));
        Assert.False(monitor.Cut(LossAt(run, 0)));
        Assert.Contains("announce a cut", Assert.Single(monitor.Report().Warnings), StringComparison.Ordinal);
        Assert.Equal(CertificateStatus.Void, monitor.Report().Certificate.Status);
    }

    [Fact]
    public void Smoothness_is_twice_the_largest_mean_of_eight_secants_and_its_absence_is_void()
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 7, Problem = Problem });
        foreach (bool measured in new[] { false, true })
        {
            RunMonitor monitor = new(new MonitorOptions { Plan = WatchedRun.PlanOf(run.Plan), LossIsExact = true });
            monitor.Cut(LossAt(run, 0));
            for (int i = 0; i < 100; i++)
            {
                run.Steps[i].Record.SecantGradient = measured && i % 10 == 0 ? 0.02 * i : double.NaN;
                run.Steps[i].Record.SecantDistance = 2;
                monitor.Record(run.Steps[i].Record);
            }

            monitor.Cut(LossAt(run, 100));
            MonitorReport report = monitor.Report();

            // Secants 0, 0.1 … 0.7 make the one complete group.
            Assert.Equal(measured ? 2 * Math.Sqrt(1.4 / 8) : double.NaN, report.Smoothness, 12);
            Assert.Contains(measured ? "Estimated: L, noise." : "L is not known", report.Certificate.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Record_that_comes_after_its_slice_was_lost_is_no_conflict_and_its_size_counts_for_views_that_contain_it()
    {
        RunMonitor monitor = Small();
        monitor.Cut(new LossCut { Ticket = 0, Loss = 10, GradientNormSquared = 9 });
        monitor.Record(Row(0, norm: 3));
        monitor.Take(new LedgerFact(LedgerFactKind.Restore) { Shard = 0, Incarnation = 1, Watermark = 2, Lost = [1] });

        Assert.Equal(1, monitor.NextTicket);
        monitor.Record(Row(1, norm: 4));

        Assert.Equal(2, monitor.NextTicket);
        Assert.Empty(monitor.Report().Alarms);
    }

    [Fact]
    public void Jump_of_a_shard_that_lost_updates_is_what_the_trace_page_says()
    {
        RunMonitor monitor = Small();
        monitor.Cut(new LossCut { Ticket = 0, Loss = 10, GradientNormSquared = 9 });
        monitor.Record(Row(0, norm: 3));
        monitor.Record(Row(1, norm: 4));
        monitor.Take(new LedgerFact(LedgerFactKind.Restore) { Shard = 0, Incarnation = 1, Watermark = 1, Lost = [1] });
        monitor.Record(Row(2, norm: 0.5));
        monitor.Record(Row(3, norm: 0.5));
        monitor.Cut(new LossCut { Ticket = 4, Loss = 9, GradientNormSquared = 9 });
        CertificateValue value = monitor.Report().Certificate;

        // δ = 4, P = 3 + 4, L = 0.5: (3 + 0.5·7)·4 + 0.5·16 / 2.
        Assert.Equal(26 + 4, value.Jump, 12);
        Assert.Equal(CertificateStatus.Statistical, value.Status);
    }

    [Fact]
    public void Residual_of_a_retired_worker_is_a_jump_from_its_ticket_on()
    {
        RunMonitor monitor = Small();
        monitor.Cut(new LossCut { Ticket = 0, Loss = 10, GradientNormSquared = 9 });
        monitor.Record(Row(0, norm: 1, held: 2));
        monitor.Take(new LedgerFact(LedgerFactKind.Retire) { Worker = 0, Incarnation = 0, Ticket = 1 });
        monitor.Record(Row(1, norm: 1, worker: 1));
        monitor.Record(Row(2, norm: 1, worker: 1));
        monitor.Cut(new LossCut { Ticket = 3, Loss = 9, GradientNormSquared = 9 });

        // δ = 2, P = 1 + 1 + 2: (3 + 0.5·4)·2 + 0.5·4 / 2.
        Assert.Equal(11, monitor.Report().Certificate.Jump, 12);
    }

    [Fact]
    public void Unmeasured_gradient_leaves_a_jump_without_a_bound()
    {
        RunMonitor monitor = Small();
        monitor.Cut(new LossCut { Ticket = 0, Loss = 10, GradientNormSquared = double.NaN });
        monitor.Record(Row(0, norm: 3));
        monitor.Take(new LedgerFact(LedgerFactKind.Restore) { Shard = 0, Incarnation = 1, Lost = [0] });
        monitor.Record(Row(1, norm: 1));
        monitor.Cut(new LossCut { Ticket = 2, Loss = 9 });

        Assert.Contains("was not measured", monitor.Report().Certificate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Void_fact_of_an_applied_ticket_breaks_the_certificate()
    {
        RunMonitor monitor = Small();
        monitor.Record(Row(1, norm: 3));
        monitor.Take(new LedgerFact(LedgerFactKind.Void) { Ticket = 1 });

        Assert.Contains("different stories", Assert.Single(monitor.Report().Alarms), StringComparison.Ordinal);
        Assert.True(monitor.TryNextFact(out LedgerFact fact));
        Assert.Equal(LedgerFactKind.Break, fact.Kind);
        Assert.Equal(monitor.Report().Alarms[0], fact.Reason);
    }

    [Fact]
    public void Pending_row_waits_for_its_settle_fact_and_a_void_ticket_is_no_step()
    {
        RunMonitor monitor = Small();
        monitor.Record(Row(0, norm: 3, state: SliceState.Pending));
        monitor.Record(Row(2, norm: 1));
        Assert.Equal(0, monitor.NextTicket);

        monitor.Take(new LedgerFact(LedgerFactKind.Settle) { Ticket = 0, Applied = [true] });
        monitor.Take(new LedgerFact(LedgerFactKind.Void) { Ticket = 1 });

        Assert.Equal((3, 2), (monitor.NextTicket, monitor.Report().StepCount));
        Assert.Empty(monitor.Report().Alarms);
    }

    [Fact]
    public void Record_that_is_refused_becomes_void_and_the_run_goes_on()
    {
        RunMonitor monitor = Small();
        TicketRecord early = Row(0, norm: 1, watermark: 1);

        Assert.Equal(RecordVerdict.ViewAheadOfTicket, monitor.Record(early).Verdict);

        Assert.Equal(1, monitor.NextTicket);
        Assert.Equal(1, monitor.Report().RecordsRefused);
        Assert.True(monitor.TryNextFact(out LedgerFact first));
        Assert.True(monitor.TryNextFact(out LedgerFact second));
        Assert.False(monitor.TryNextFact(out _));
        Assert.Equal((LedgerFactKind.Break, LedgerFactKind.Void, 0L), (first.Kind, second.Kind, second.Ticket));
    }

    [Fact]
    public void Record_that_comes_again_is_left_alone()
    {
        RunMonitor monitor = Small();
        monitor.Record(Row(0, norm: 1));

        Assert.Equal(RecordVerdict.Duplicate, monitor.Record(Row(0, norm: 1)).Verdict);
        Assert.Empty(monitor.Report().Alarms);
    }

    [Fact]
    public void Refused_ticket_beyond_the_ring_does_not_hold_up_what_follows()
    {
        RunMonitor monitor = Small(ticketsMax: 16);
        Assert.Equal(RecordVerdict.RingFull, monitor.Record(Row(20, norm: 1, watermark: 0)).Verdict);
        for (int ticket = 0; ticket < 40; ticket++)
        {
            if (ticket != 20)
            {
                monitor.Record(Row(ticket, norm: 1));
            }
        }

        Assert.Equal((40, 1), (monitor.NextTicket, monitor.Report().RecordsRefused));
    }

    [Fact]
    public void Orphan_counts_with_the_oldest_view_it_can_have_had_and_the_largest_share_held_back()
    {
        RunMonitor monitor = Small(codec: new CodecPlan(CodecPlan.TopK, Count: 1));
        monitor.Record(Row(0, norm: 2, held: 1));
        monitor.Record(Row(1, norm: 3));
        LedgerFact fact = new(LedgerFactKind.Orphan)
        {
            Ticket = 2,
            RoundTicket = 2,
            Worker = 3,
            Rate = 0.5,
            SlotCount = 1,
            Applied = [true],
            NormSquared = [16],
            ViewFloor = 1,
        };
        TicketRecord record = new();
        monitor.Rebuild(fact, record);
        monitor.Take(fact);

        // A quarter of its square, as of row 0; and it lacks row 1: 3 at rate 1/2.
        Assert.Equal(4, record.ResidualNormSquared);
        Assert.Equal(3, monitor.NextTicket);
        Assert.Equal(36, monitor.Report().GapMax);
        Assert.Throws<ArgumentException>(() => monitor.Rebuild(fact with { Applied = [] }, record));
    }

    [Fact]
    public void Orphan_after_a_restore_has_a_view_of_the_new_life_only_when_that_is_sure()
    {
        RunMonitor monitor = Small();
        monitor.Record(Row(0, norm: 1));
        monitor.Record(Row(1, norm: 1));
        monitor.Take(new LedgerFact(LedgerFactKind.Restore) { Shard = 0, Incarnation = 5, Watermark = 2 });
        TicketRecord record = new();
        LedgerFact fact = new(LedgerFactKind.Orphan) { Ticket = 9, RoundTicket = 9, Applied = [true], NormSquared = [1], ViewFloor = 2 };

        monitor.Rebuild(fact, record);
        Assert.Equal(0, record.Slices[0].ViewIncarnation);
        monitor.Rebuild(fact with { ViewFloor = 3 }, record);
        Assert.Equal(5, record.Slices[0].ViewIncarnation);
    }

    [Fact]
    public void What_is_not_covered_and_what_ends_unsettled_say_so()
    {
        RunMonitor monitor = new(new MonitorOptions { Plan = new RunPlan(), NotCovered = "Adam is not covered." });
        monitor.Cut(new LossCut { Ticket = 0, Loss = 1 });
        monitor.Record(Row(0, norm: 1));
        monitor.Record(Row(2, norm: 1));
        monitor.Close();
        monitor.Close();

        Assert.Equal("Adam is not covered.", monitor.Report().Certificate.Reason);
        Assert.Contains("tickets 1 to 2 unsettled", monitor.Report().Alarms[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_above_the_bound_given_violate_the_condition()
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 9, Problem = Problem, Tickets = 1100 });
        foreach ((double bound, ConditionVerdict verdict) in new[] { (0.5, ConditionVerdict.Violated), (100, ConditionVerdict.Holds) })
        {
            RunPlan plan = WatchedRun.PlanOf(run.Plan) with { Consistency = new ConsistencyPlan { Bound = bound } };
            RunMonitor monitor = new(new MonitorOptions { Plan = plan });
            run.Steps.ForEach(step => monitor.Record(step.Record));

            Assert.Equal(verdict, monitor.Report().Condition);
            Assert.Equal(bound, monitor.Report().BoundTested);
        }
    }

    [Fact]
    public void Gradients_that_take_long_when_they_are_long_are_warned_of()
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 10, Problem = Problem, Tickets = 1000 });
        RunMonitor monitor = Monitor(run);
        foreach (Step step in run.Steps)
        {
            step.Record.GradientSeconds = 0.001 * Math.Sqrt(step.Record.GradientNormSquared);
            monitor.Record(step.Record);
        }

        Assert.Contains("the norm that comes out", Assert.Single(monitor.Report().Warnings), StringComparison.Ordinal);
        Assert.Empty(monitor.Report().Alarms);
    }

    [Fact]
    public void Understated_smoothness_and_losses_are_falsified()
    {
        // L a hundred times too small, and the loss is said not to fall although gradients are long.
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = 11, Problem = Problem, Rate = _ => 0.002 });
        foreach ((double smoothness, bool falls) in new[] { (0.01, false), (1, true) })
        {
            RunMonitor monitor = new(new MonitorOptions { Plan = WatchedRun.PlanOf(run.Plan), Smoothness = smoothness, LossIsExact = true });
            monitor.Cut(LossAt(run, 0));
            for (int i = 0; i < 250; i++)
            {
                monitor.Record(run.Steps[i].Record);
            }

            monitor.Cut(LossAt(run, 250) with { Loss = run.Losses[falls ? 250 : 0] });
            MonitorReport report = monitor.Report();
            Assert.Equal(falls ? FalsificationVerdict.Consistent : FalsificationVerdict.Falsified, report.Falsification.Verdict);
            Assert.Equal(falls, report.Alarms.Count == 0);
        }
    }

    [Fact]
    public void Form_follows_from_what_can_be_dropped_for_good()
    {
        MonitorOptions options = new() { Plan = new RunPlan() };
        CodecPlan topK = new(CodecPlan.TopK, Count: 1);

        Assert.Equal(CertificateForm.Unbiased, options.Form);
        Assert.Equal(CertificateForm.Unbiased, (options with { Plan = new RunPlan { Codec = topK } }).Form);
        Assert.Equal(CertificateForm.Biased, (options with { Plan = new RunPlan { Codec = topK with { ErrorFeedback = false } } }).Form);
        Assert.Equal(CertificateForm.Biased, (options with { Plan = new RunPlan { Rule = new RulePlan { ClipNorm = 1 } } }).Form);
        Assert.Equal((1024, 8192), (options.WindowLength, (options with { Plan = new RunPlan { Workers = 64 } }).WindowLength));
    }

    private static RunMonitor Monitor(AsyncResult run) =>
        new(new MonitorOptions { Plan = WatchedRun.PlanOf(run.Plan), Smoothness = run.Plan.Problem.Smoothness, LossIsExact = true });

    private static LossCut LossAt(AsyncResult run, int ticket) =>
        new() { Ticket = ticket, Loss = run.Losses[ticket], GradientNormSquared = run.GradientsSquared[ticket] };

    private static RunMonitor Small(int ticketsMax = 64, CodecPlan? codec = null) => new(new MonitorOptions
    {
        Plan = new RunPlan { Codec = codec ?? new CodecPlan() },
        Smoothness = 0.5,
        LossIsExact = true,
        TicketsMax = ticketsMax,
    });

    private static TicketRecord Row(
        long ticket, double norm, double held = 0, int worker = 0, long? watermark = null, SliceState state = SliceState.Applied)
    {
        TicketRecord record = new();
        record.Begin(1);
        record.Ticket = record.RoundTicket = ticket;
        record.Worker = worker;
        record.Rate = 0.5;
        record.HalfBatchDifferenceSquared = 4;
        record.ResidualNormSquared = held * held;
        record.SetView(0, 0, watermark ?? ticket, []);
        record.Slices[0].NormSquared = norm * norm;
        record.Slices[0].State = state;
        return record;
    }
}
