using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class NormGateTests
{
    [Fact]
    public void Steps_go_one_at_a_time_until_a_norm_is_known()
    {
        NormGate gate = new(3, 0);
        Assert.True(gate.MayBegin(0));
        gate.Began(0);
        Assert.False(gate.MayBegin(1));
        gate.Took(0, 0, 2);

        Assert.Equal((2.0, 6.0), (gate.NormMean, gate.Budget));
        Assert.True(gate.MayBegin(1));
    }

    [Fact]
    public void All_workers_are_under_way_at_share_0()
    {
        NormGate gate = Known(4, 0);
        for (int worker = 0; worker < 4; worker++)
        {
            Assert.True(gate.MayBegin(worker));
            gate.Began(worker);
        }

        for (int worker = 0; worker < 4; worker++)
        {
            Assert.Equal(TicketVerdict.Given, gate.MayTake(worker, 1));
            gate.Took(worker, worker + 1, 1);
        }
    }

    [Fact]
    public void Share_1_is_one_step_after_the_other()
    {
        NormGate gate = Known(3, 1);
        gate.Began(0);
        Assert.False(gate.MayBegin(1));
        gate.Took(0, 1, 1);
        Assert.False(gate.MayBegin(1));
        gate.Closed(0, 1);
        Assert.True(gate.MayBegin(1));
    }

    [Fact]
    public void Ticket_that_would_push_an_earlier_step_over_its_budget_is_held()
    {
        NormGate gate = Known(4, 0.5); // budget 2
        gate.Began(0);
        gate.Began(1);

        Assert.Equal(TicketVerdict.Held, gate.MayTake(1, 2.5));
        Assert.Equal(TicketVerdict.Given, gate.MayTake(1, 2));
        Assert.Equal(TicketVerdict.Given, gate.MayTake(0, 100));
    }

    [Fact]
    public void Later_step_that_is_pushed_over_its_budget_begins_again_when_there_is_room()
    {
        NormGate gate = Known(4, 0.5);
        gate.Began(0);
        gate.Began(1);
        gate.Took(0, 1, 2.5);
        double budget = gate.Budget;
        Assert.True(budget < 2.5);

        Assert.Equal(TicketVerdict.Held, gate.MayTake(1, 1));
        gate.Closed(0, 1);
        Assert.Equal(TicketVerdict.Stale, gate.MayTake(1, 1));
        Assert.Equal(TicketVerdict.Given, gate.MayTake(1, 1));
    }

    [Fact]
    public void Overdue_step_holds_nobody()
    {
        NormGate gate = Known(4, 0.5);
        gate.Began(0);
        gate.Began(1);
        gate.Began(2);
        gate.Took(0, 1, 2.5);

        // Worker 1 is overdue, and so is 2; the next that begins is the earliest.
        gate.Closed(0, 1);
        gate.Began(3);
        Assert.Equal(TicketVerdict.Given, gate.MayTake(3, 50));
    }

    [Fact]
    public void Step_of_a_worker_that_left_holds_nobody_and_its_open_ticket_still_counts()
    {
        NormGate gate = Known(4, 0.5);
        gate.Began(0);
        gate.Began(1);
        gate.Left(0);
        Assert.Equal(TicketVerdict.Given, gate.MayTake(1, 2.5));
        gate.Took(1, 1, 2.5);
        gate.Left(1);

        Assert.Equal(2.5, gate.OpenNorm);
        Assert.False(gate.MayBegin(2));
        gate.Closed(1, 1);
        Assert.Equal(0, gate.OpenNorm);
        Assert.True(gate.MayBegin(2));
    }

    [Fact]
    public void Norm_that_is_not_finite_counts_as_nothing()
    {
        NormGate gate = Known(2, 0);
        gate.Began(0);
        gate.Began(1);
        Assert.Equal(TicketVerdict.Given, gate.MayTake(1, double.NaN));
        gate.Took(1, 1, double.PositiveInfinity);

        Assert.True(double.IsFinite(gate.Budget));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.MayTake(0, -1));
    }

    [Fact]
    public void Worker_that_has_not_begun_gets_no_ticket()
    {
        NormGate gate = new(2, 0);
        Assert.Throws<InvalidOperationException>(() => gate.MayTake(1, 1));
        Assert.Throws<InvalidOperationException>(() => gate.Took(1, 0, 1));
    }

    [Fact]
    public void Missed_mass_of_every_ticket_is_within_the_budget_it_was_judged_by_and_no_history_deadlocks() =>
        SeedLaw.ForAll(seed => Assert.True(History(seed, planted: false) <= 1e-9));

    [Fact]
    public void Gate_that_looks_only_at_open_tickets_when_a_step_begins_is_caught() =>
        Assert.Contains(Enumerable.Range(1, 10), seed => History((ulong)seed, planted: true) > 0.1);

    [Fact]
    public void Share_1_leaves_nothing_missed_and_share_0_has_all_workers_under_way()
    {
        GateRun strict = Play(1, 8, 42, 0, out double missedMax, out _);
        Assert.Equal((0, 1, 0), (missedMax, strict.UnderWayMax, strict.StaleCount));
        Assert.True(strict.TicketNext > 500);

        GateRun loose = Play(0, 8, 42, 0, out missedMax, out _);
        Assert.True(missedMax > 0);
        Assert.Equal(8, loose.UnderWayMax);
    }

    // Largest excess of a missed mass over its budget; below 0 when all were within.
    private static double History(ulong seed, bool planted)
    {
        SeededRandom random = new(seed, 7);
        double share = random.NextInt(5) / 4.0;
        int workers = 1 + random.NextInt(16);
        NormGate gate = new(workers, share);
        Play(planted ? new BeginOnly(gate) : gate, gate, workers, seed, random.NextInt(2) * 0.01, out _, out double excessMax);
        return excessMax;
    }

    private static GateRun Play(double share, int workers, ulong seed, double churn, out double missedMax, out double excessMax)
    {
        NormGate gate = new(workers, share);
        return Play(gate, gate, workers, seed, churn, out missedMax, out excessMax);
    }

    private static GateRun Play(
        IStepGate gate, NormGate norms, int workers, ulong seed, double churn, out double missedMax, out double excessMax)
    {
        double missed = 0;
        double excess = double.NegativeInfinity;
        GateRun run = new(gate, workers, seed, churn)
        {
            Budget = () => double.IsNaN(norms.Budget) ? 0 : norms.Budget,
            Given = (_, mass, budget) =>
            {
                // The run's own sums round, too: by less than 1e-9 in some thousand norms of about 1.
                missed = Math.Max(missed, mass < 1e-9 ? 0 : mass);
                excess = Math.Max(excess, mass - budget);
            },
        };
        run.Steps(3000);
        Assert.True(run.TicketNext > 100);
        missedMax = missed;
        excessMax = excess;
        return run;
    }

    private static NormGate Known(int workers, double share)
    {
        NormGate gate = new(workers, share);
        for (int i = 0; i < 200; i++)
        {
            gate.Began(0);
            gate.Took(0, -1, 1);
            gate.Closed(0, -1);
        }

        return gate;
    }

    [Fact]
    public void Rounding_does_not_gather_over_a_long_run_of_falling_norms()
    {
        const int Workers = 4;
        NormGate gate = new(Workers, 1);
        double norm = 1e6;
        for (int ticket = 0; ticket < 20_000; ticket++)
        {
            int worker = ticket % Workers;
            Assert.True(gate.MayBegin(worker), $"ticket {ticket}");
            gate.Began(worker);
            Assert.Equal(TicketVerdict.Given, gate.MayTake(worker, norm));
            gate.Took(worker, ticket, norm);
            Assert.False(gate.MayBegin((worker + 1) % Workers));
            gate.Closed(worker, ticket);
            norm *= 0.998;
        }
    }

    /// <summary>Asks the norms when a step begins, and never again.</summary>
    private sealed class BeginOnly(NormGate inner) : IStepGate
    {
        public bool MayBegin(int worker) => inner.MayBegin(worker);

        public void Began(int worker) => inner.Began(worker);

        public TicketVerdict MayTake(int worker, double norm) => TicketVerdict.Given;

        public void Took(int worker, long ticket, double norm) => inner.Took(worker, ticket, norm);

        public void Closed(int worker, long ticket) => inner.Closed(worker, ticket);

        public void Left(int worker) => inner.Left(worker);
    }
}
