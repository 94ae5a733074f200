using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class KeeperTests
{
    [Fact]
    public void Every_worker_has_a_keeper_on_another_silo()
    {
        var script = RunScript.Keeping(8, silos: ["a", "b", "c"]);
        script.Coordinator.SilosChanged(["a", "c"]);

        Assert.Contains("StartKeeper 0#2 on c", script.Commands());
    }

    [Fact]
    public void No_ticket_is_given_while_the_keeper_is_on_its_way()
    {
        RunScript script = RunScript.Keeping(8);
        script.Coordinator.KeeperLost(0, 1);
        Lease lease = script.Lease(0);

        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _));
        script.Coordinator.KeeperStarted(0, 1, "b"); // the one that is gone
        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _));
        script.Coordinator.KeeperStarted(0, 2, "b");
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out TicketGrant grant));
        Assert.Equal(2, grant.Keeper);
    }

    [Fact]
    public void Ticket_that_is_asked_for_again_names_the_keeper_of_the_moment()
    {
        RunScript script = RunScript.Keeping(8);
        Lease lease = script.Lease(0);
        script.AskTicket(0, lease, out TicketGrant first);
        script.Coordinator.KeeperLost(0, 1); // it did not answer

        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _));
        script.Coordinator.KeeperStarted(0, 2, "b");
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out TicketGrant again));

        Assert.Equal((first.Ticket, 1, 2), (again.Ticket, first.Keeper, again.Keeper));
    }

    [Fact]
    public void Keeper_that_came_up_on_a_silo_that_leaves_is_replaced()
    {
        RunScript script = RunScript.Keeping(8, silos: ["a", "b", "c"]);
        script.Coordinator.KeeperLost(0, 1);
        script.Coordinator.SiloLeaving("c");
        script.Commands();

        script.Coordinator.KeeperStarted(0, 2, "c"); // meant for b, but somebody had asked it before

        Assert.Equal("StartKeeper 0#3 on b", script.Commands());
    }

    [Fact]
    public void Keeper_that_came_up_beside_its_worker_is_replaced()
    {
        RunScript script = RunScript.Keeping(8);
        script.Coordinator.KeeperLost(0, 1);
        script.Commands();

        script.Coordinator.KeeperStarted(0, 2, script.Coordinator.Workers[0].Silo!);

        Assert.Equal("StartKeeper 0#3 on b", script.Commands());
    }

    [Theory]
    [InlineData(RunPlan.Async, true)]
    [InlineData(RunPlan.Bsp, false)] // the cut comes when its round is complete, for which it may be needed
    public void Worker_leaves_once_what_it_has_seen_and_retains_is_in_a_snapshot(string mode, bool isCutAtOnce)
    {
        RunScript script = RunScript.Keeping(64, mode, ["a", "b", "c"]);
        Lease lease = script.Lease(0);
        script.Ticket(0, lease);
        script.Ticket(1, script.Lease(1), sequence: 0);
        script.Coordinator.SiloLeaving("a");
        script.StartAll();

        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, lease.Id, out _));
        Assert.Equal(isCutAtOnce, script.Commands().Contains("Cut", StringComparison.Ordinal));

        script.Coordinator.SnapshotKept(1);
        Assert.Equal(LeaseVerdict.Leave, script.Ask(0, -1, out _));
    }

    [Fact]
    public void Worker_that_is_to_leave_and_asks_twice_keeps_the_step_it_has_begun()
    {
        RunScript script = RunScript.Keeping(64, RunPlan.NormBounded, ["a", "b", "c"]);
        Lease first = script.Lease(0);
        script.Ticket(0, first);
        Lease held = script.Lease(0, first.Id);
        script.Coordinator.SiloLeaving("a");
        script.StartAll();

        Assert.Equal(held.Id, script.Lease(0, first.Id).Id); // the question came twice

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, held, out _, sequence: 1));
    }

    [Fact]
    public void Silo_is_clear_once_nothing_is_kept_there_alone()
    {
        RunScript script = RunScript.Keeping(64, silos: ["a", "b", "c"]);
        Lease lease = script.Lease(0);
        script.Ticket(0, lease);
        script.Coordinator.SiloLeaving("c"); // no shard and no worker, but a keeper
        Assert.Contains("Cut", script.Commands());
        Assert.False(script.Coordinator.IsClearOf("c"));

        script.Coordinator.SnapshotKept(1);

        Assert.True(script.Coordinator.IsClearOf("c"));
    }

    [Fact]
    public void Single_silo_goes_without_keepers()
    {
        RunScript script = RunScript.Keeping(8, silos: ["a"]);

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, script.Lease(0), out TicketGrant grant));
        Assert.Equal(0, grant.Keeper);
    }

    [Fact]
    public void Update_is_safe_once_views_on_two_silos_have_it()
    {
        RunScript script = RunScript.Keeping(64);
        Step(script, 0, 3);
        Assert.Equal(0, script.Coordinator.Safe);

        Step(script, 1, 2);
        long before = Step(script, 0, 1);
        Step(script, 1, 2);
        Step(script, 0, 2);

        // Worker 0 began its last steps with a view of all that was in when it took the ticket before.
        Assert.InRange(script.Coordinator.Safe, 3, before + 2);
    }

    [Fact]
    public void View_that_a_worker_tells_of_makes_its_updates_safe_with_the_next_question()
    {
        RunScript script = RunScript.Keeping(64);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        Assert.Equal(0, script.Ticket(0, first, sequence: 0));
        Assert.Equal(1, script.Ticket(1, second, sequence: 0));

        script.AskTicket(0, first, out _, batch: 1, sequence: 1, viewed: 2); // ticket 1 is not closed, although it is in the view
        script.AskTicket(1, second, out TicketGrant grant, batch: 1, sequence: 1, viewed: 2);

        Assert.Equal((3, 1), (grant.Ticket, grant.Safe));
    }

    [Fact]
    public void View_of_a_ticket_whose_worker_has_not_told_its_row_makes_it_not_safe()
    {
        RunScript script = RunScript.Keeping(64);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first, sequence: 0);
        for (int step = 0; step < 2; step++)
        {
            script.AskTicket(1, second, out _, batch: step, sequence: step, viewed: step);
        }

        Assert.Equal(0, script.Coordinator.Safe); // ticket 0 is still open, whatever views say
    }

    [Fact]
    public void Views_on_one_silo_make_nothing_safe()
    {
        RunScript script = RunScript.Keeping(64, silos: ["a"]);
        for (int i = 0; i < 8; i++)
        {
            Step(script, i % 2, 1);
        }

        Assert.Equal(0, script.Coordinator.Safe);
    }

    [Fact]
    public void Worker_with_too_many_unsafe_updates_waits_for_a_snapshot()
    {
        RunScript script = RunScript.Keeping(3);
        Step(script, 0, 3);
        Lease lease = script.Lease(0);
        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _, sequence: 50));
        Assert.Contains("Cut", script.Commands());

        script.Coordinator.SnapshotKept(2);

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out TicketGrant grant, sequence: 50));
        Assert.Equal((3, 2), (grant.Ticket, grant.Safe));
    }

    [Fact]
    public void Rounds_before_the_one_that_two_silos_compute_are_safe()
    {
        RunScript script = RunScript.Keeping(8, RunPlan.Bsp);
        for (int round = 0; round < 4; round++)
        {
            Lease[] leases = [script.Lease(0), script.Lease(1)];
            script.Ticket(0, leases[0], sequence: round);
            script.Ticket(1, leases[1], sequence: round);
            script.Ask(0, leases[0].Id, out _);
            script.Ask(1, leases[1].Id, out _);
        }

        Assert.InRange(script.Coordinator.Safe, 2, 6);
        Assert.Equal(0, script.Coordinator.Safe % 2);
    }

    [Fact]
    public void What_is_told_to_be_void_or_lost_is_not_replayed()
    {
        RunScript script = RunScript.Keeping(8);
        long ticket = script.Ticket(0, script.Lease(0));
        Assert.True(script.Coordinator.MayReplay(ticket, 0));
        Assert.False(script.Coordinator.MayReplay(ticket + 1, 0));

        script.Coordinator.WorkerLost(0, 1);
        Assert.Contains("FenceWorker 0#2 T0", script.Commands());
        script.Fenced(ticket, false, false);

        Assert.False(script.Coordinator.MayReplay(ticket, 0));
    }

    // Steps of one worker, each in a lease of its own as far as leases go; answers the last ticket.
    private static long Step(RunScript script, int worker, int count)
    {
        long ticket = -1;
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(LeaseVerdict.Granted, script.Ask(worker, -1, out Lease lease));
            Assert.Equal(
                TicketVerdict.Given,
                script.AskTicket(worker, lease, out TicketGrant grant, sequence: (int)script.Totals.Tickets));
            ticket = grant.Ticket;
            script.Ask(worker, lease.Id, out _);
        }

        return ticket;
    }
}
