using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class GatedRunTests
{
    [Fact]
    public void Gated_run_leases_one_step_at_a_time_and_each_begins_with_new_views()
    {
        RunScript script = RunScript.Running(RunPlan.Ssp);

        Lease lease = script.Lease(0);

        Assert.Equal((2, true), (lease.Length, lease.IsFresh));
        Assert.Equal(lease, script.Lease(0)); // asked again
    }

    [Fact]
    public void Worker_that_is_too_far_ahead_waits_until_the_slowest_has_closed_a_step()
    {
        RunScript script = Script(new RunPlan { Workers = 2, Batch = 2, Mode = RunPlan.Ssp, StepsAheadMax = 1 });
        Lease slow = script.Lease(1);
        Lease fast = script.Lease(0);
        for (int step = 0; step < 2; step++)
        {
            script.Ticket(0, fast, sequence: step);
            LeaseVerdict verdict = script.Ask(0, fast.Id, out fast);
            Assert.Equal(step == 0 ? LeaseVerdict.Granted : LeaseVerdict.Wait, verdict);
        }

        script.Ticket(1, slow);
        script.Ask(1, slow.Id, out _);

        Assert.True(script.Lease(0).IsFresh);
    }

    [Fact]
    public void Worker_that_had_to_wait_begins_with_new_views_in_a_plain_run_too()
    {
        RunScript script = RunScript.Running(samples: 4);
        Assert.False(script.Lease(0).IsFresh);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, -1, out _));
        script.Coordinator.WorkerLost(0, 1);

        Assert.True(script.Lease(1).IsFresh);
    }

    [Fact]
    public void Stale_ticket_sends_the_worker_to_its_lease_under_another_name()
    {
        // Norms that may be missed: three quarters of four workers' mean of 1. The update of norm 3.5 is the earliest begun, so it is let
        // through, and takes more than the step begun after it may miss.
        RunScript script = Script(new RunPlan { Workers = 4, Batch = 2, Mode = RunPlan.NormBounded, NormShare = 0.25 });
        Lease first = script.Lease(0);
        script.AskTicket(0, first, out _, norm: 1);
        Lease early = script.Lease(0, first.Id);
        Lease late = script.Lease(1);
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, early, out _, sequence: 1, norm: 3.5));

        Assert.Equal(TicketVerdict.Stale, script.AskTicket(1, late, out _));
        Assert.Equal(TicketVerdict.Stale, script.AskTicket(1, late, out _)); // the answer may have got lost

        Lease renewed = script.Lease(1);
        Assert.Equal((late.Start, late.End, true), (renewed.Start, renewed.End, renewed.IsFresh));
        Assert.NotEqual(late.Id, renewed.Id);
        Assert.Equal(TicketVerdict.Stale, script.AskTicket(1, late, out _)); // a late repetition of the old question
        Assert.Equal(TicketVerdict.Given, script.AskTicket(1, renewed, out _));
    }

    [Fact]
    public void Ticket_for_a_lease_that_is_not_held_is_stale()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);

        Assert.Equal(TicketVerdict.Stale, script.AskTicket(0, lease with { Id = 99 }, out TicketGrant grant));
        Assert.Equal((TicketGrant.None, 0L), (grant, script.Totals.Tickets));
    }

    private static RunScript Script(RunPlan plan)
    {
        var script = new RunScript(plan, 200, "a");
        script.StartAll();
        script.StartAll();
        return script;
    }
}
