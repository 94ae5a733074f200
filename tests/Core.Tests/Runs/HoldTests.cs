using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class HoldTests
{
    [Fact]
    public void Nobody_gets_a_ticket_while_the_run_is_held_and_x_is_the_sum_of_those_before()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);

        Assert.True(script.Coordinator.TryHold(out long ticket));

        Assert.Equal(1, ticket);
        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _, batch: 1));
        script.Coordinator.Release();
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out TicketGrant grant, batch: 1));
        Assert.Equal(new TicketGrant(1, 1), grant);
    }

    [Fact]
    public void Ticket_that_was_given_before_is_given_again_under_a_hold()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Coordinator.TryHold(out _);

        Assert.Equal(0, script.Ticket(0, lease, 0));
    }

    [Fact]
    public void Two_holds_need_two_releases_and_a_third_is_a_bug_of_the_caller()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Coordinator.TryHold(out _);
        script.Coordinator.TryHold(out _);

        script.Coordinator.Release();
        Assert.Equal(-1, script.Ticket(0, lease));
        script.Coordinator.Release();
        Assert.Equal(0, script.Ticket(0, lease));
        Assert.Throws<InvalidOperationException>(script.Coordinator.Release);
    }

    [Fact]
    public void Rounds_are_held_between_two_of_them_only()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp);
        Lease[] leases = [script.Lease(0), script.Lease(1)];
        script.Ticket(0, leases[0]);

        Assert.False(script.Coordinator.TryHold(out _));
        script.Ticket(1, leases[1]);
        script.Ask(0, leases[0].Id, out _);
        Assert.Equal("", script.Commands());
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, leases[1].Id, out _));
        Assert.Equal("Cut", script.Commands());

        Assert.True(script.Coordinator.TryHold(out long ticket));
        Assert.Equal(2, ticket);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));
        script.Coordinator.Release();
        Assert.Equal(1, script.Lease(0).Round);
    }

    [Fact]
    public void No_round_opens_before_the_host_has_heard_that_an_epoch_is_closed()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4, epochs: 2);
        Lease[] leases = [script.Lease(0), script.Lease(1)];
        script.Ticket(0, leases[0]);
        script.Ticket(1, leases[1]);
        script.Ask(0, leases[0].Id, out _);

        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, leases[1].Id, out _));
        Assert.Equal("Evaluate 1", script.Commands());
        Assert.True(script.Coordinator.TryHold(out _));
        script.Coordinator.Release();
        Assert.Equal(1, script.Lease(1).Round);
    }

    [Fact]
    public void Cut_that_is_asked_for_comes_at_once_or_when_the_round_is_complete()
    {
        RunScript async = RunScript.Running();
        async.Ticket(0, async.Lease(0));
        async.Coordinator.RequestCut();
        async.Coordinator.RequestCut();
        Assert.Equal("Cut", async.Commands());

        RunScript bsp = RunScript.Running(RunPlan.Bsp);
        bsp.Coordinator.RequestCut();
        Assert.Equal("Cut", bsp.Commands());
        Lease[] leases = [bsp.Lease(0), bsp.Lease(1)];
        bsp.Coordinator.RequestCut();
        Assert.Equal("", bsp.Commands());
        for (int worker = 0; worker < 2; worker++)
        {
            bsp.Ticket(worker, leases[worker]);
            bsp.Ask(worker, leases[worker].Id, out _);
        }

        Assert.Equal("Cut", bsp.Commands());
    }

    [Fact]
    public void Slices_of_a_life_that_is_over_or_with_a_ticket_in_doubt_are_not_x()
    {
        RunScript script = RunScript.Running();
        script.Ticket(0, script.Lease(0));
        script.Coordinator.TryHold(out long ticket);
        Assert.True(script.Coordinator.TryConfirm(ref ticket, [1, 1]));

        script.Coordinator.WorkerLost(0, 1);
        Assert.False(script.Coordinator.TryConfirm(ref ticket, [1, 1]));
        script.Fenced(0, true, true);
        Assert.True(script.Coordinator.TryConfirm(ref ticket, [1, 1]));
        script.Coordinator.ShardLost(1, 1);
        Assert.False(script.Coordinator.TryConfirm(ref ticket, [1, 1]));
        script.StartAll();
        Assert.False(script.Coordinator.TryConfirm(ref ticket, [1, 1]));
        Assert.True(script.Coordinator.TryConfirm(ref ticket, [1, 2]));
    }
}
