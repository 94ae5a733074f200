using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class StalenessGateTests
{
    [Fact]
    public void Worker_waits_once_it_is_more_than_the_bound_ahead()
    {
        StalenessGate gate = new(2, 1);
        gate.Began(1);
        Step(gate, 0, 0);
        Assert.True(gate.MayBegin(0));
        Step(gate, 0, 1);
        Assert.False(gate.MayBegin(0));

        gate.Took(1, 2, 1);
        Assert.False(gate.MayBegin(0));
        gate.Closed(1, 2);
        Assert.True(gate.MayBegin(0));
    }

    [Fact]
    public void New_life_starts_at_the_slowest_clock()
    {
        StalenessGate gate = new(3, 5);
        gate.Began(0);
        gate.Left(0);
        gate.Began(1);
        for (int i = 0; i < 4; i++)
        {
            Step(gate, 1, i);
        }

        Assert.Equal(4, gate.ClockOf(0));
        gate.Began(0);
        Assert.Equal((4, 4), (gate.ClockOf(0), gate.ClockMin));
    }

    [Fact]
    public void Leaving_buys_no_steps()
    {
        StalenessGate gate = new(2, 0);
        gate.Began(1);
        Step(gate, 0, 0);
        gate.Left(0);

        Assert.False(gate.MayBegin(0));
        gate.Left(1);
        Assert.True(gate.MayBegin(0));
    }

    [Fact]
    public void Worker_that_left_holds_nobody_back_and_its_open_ticket_moves_no_clock()
    {
        StalenessGate gate = new(2, 0);
        gate.Began(0);
        gate.Took(0, 0, 1);
        Step(gate, 1, 1);
        Assert.False(gate.MayBegin(1));
        gate.Left(0);
        Assert.True(gate.MayBegin(1));

        gate.Closed(0, 0);
        gate.Began(0);
        gate.Closed(0, 0);
        Assert.Equal(1, gate.ClockOf(0));
    }

    [Fact]
    public void Step_that_is_started_over_counts_once()
    {
        StalenessGate gate = new(2, 0);
        gate.Began(1);
        gate.Began(0);
        gate.Began(0);
        gate.Took(0, 0, 1);
        gate.Closed(0, 0);

        Assert.Equal(1, gate.ClockOf(0));
    }

    [Fact]
    public void Lower_bound_holds_back_who_is_too_far_ahead()
    {
        StalenessGate gate = new(2, 4, boundMax: 4);
        gate.Began(1);
        Step(gate, 0, 0);
        Step(gate, 0, 1);
        Assert.True(gate.MayBegin(0));
        gate.StepsAheadMax = 1;
        Assert.False(gate.MayBegin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.StepsAheadMax = 5);
        Assert.Equal(1, gate.StepsAheadMax);
    }

    [Fact]
    public void Step_beyond_every_bound_is_a_bug_of_the_caller_and_changes_nothing()
    {
        StalenessGate gate = new(2, 0);
        gate.Began(1);
        Step(gate, 0, 0);

        Assert.Throws<InvalidOperationException>(() => gate.Began(0));
        Assert.Equal((1, 0), (gate.ClockOf(0), gate.ClockMin));
        gate.Took(1, 1, 1);
        gate.Closed(1, 1);
        gate.Began(0);
    }

    [Fact]
    public void No_step_begins_ahead_of_the_bound_and_no_history_deadlocks() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        Play(seed, 1 + random.NextInt(12), random.NextInt(5), boundOfGate: null, random.NextInt(2) * 0.02);
    });

    [Fact]
    public void Gate_that_lets_a_worker_one_step_too_far_is_caught() =>
        Assert.Throws<Xunit.Sdk.TrueException>(() => Play(seed: 3, workers: 6, bound: 1, boundOfGate: 2, churn: 0));

    private static void Play(ulong seed, int workers, int bound, int? boundOfGate, double churn)
    {
        StalenessGate gate = new(workers, boundOfGate ?? bound);
        GateRun? run = null;
        long?[] started = new long?[workers];
        run = new GateRun(gate, workers, seed, churn)
        {
            Norm = _ => 1,
            Given = (_, missed, _) => Assert.True(
                churn > 0 || missed <= ((2 * bound) + 1) * (workers - 1), $"{missed} updates missed with bound {bound}"),
            Beginning = worker =>
            {
                Assert.True(gate.LiveCount == 0 || gate.ClockOf(worker) - gate.ClockMin <= bound);
                if (churn > 0)
                {
                    return;
                }

                // The same clocks, kept apart: who begins late starts where the slowest is.
                long slowest = Enumerable.Range(0, workers).Where(other => started[other] is not null)
                    .Min(other => started[other] + run!.Closed[other]) ?? 0;
                started[worker] ??= slowest;
                Assert.Equal(started[worker] + run!.Closed[worker], gate.ClockOf(worker));
                Assert.True(gate.ClockOf(worker) - slowest <= bound);
            },
        };
        run.Steps(2000);
        Assert.True(run.TicketNext > 100);
    }

    private static void Step(StalenessGate gate, int worker, long ticket)
    {
        gate.Began(worker);
        gate.Took(worker, ticket, 1);
        gate.Closed(worker, ticket);
    }
}
