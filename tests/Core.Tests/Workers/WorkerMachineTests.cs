using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Core.Tests.Workers;

public class WorkerMachineTests
{
    [Fact]
    public void Step_is_lease_pull_gradient_ticket_push_and_again()
    {
        var script = new MachineScript();

        Assert.Equal("Lease", script.Commands());
        Assert.Equal("Pull 0@0, Pull 1@0", script.Grant(0, 4).Commands());
        Assert.Equal("", script.View(1, 7).Commands());
        Assert.Equal("Gradient", script.View(0, 5).Commands());
        Assert.Equal((0, 2), (script.Machine.Batch.Start, script.Machine.Batch.End));
        Assert.Equal("Ticket", script.Gradient().Commands());
        Assert.Equal("Push 0 #0, Push 1 #0", script.Ticket(9).Commands());
        Assert.Equal("", script.Pushed(1, 0, PushOutcomeKind.Applied, version: 9, delay: 1).Commands());

        // The answers of the pushes were the views of the next batch.
        Assert.Equal("Release #0, Gradient", script.Pushed(0, 0, PushOutcomeKind.Applied, version: 8, delay: 2).Commands());
        Assert.Equal((2L, 1L, 2L), (script.Machine.Delay, script.Machine.UpdatesDone, script.Machine.SamplesDone));
        Assert.Equal("Ticket", script.Gradient().Commands());
        Assert.Equal("Push 0 #1, Push 1 #1", script.Ticket(12).Commands());
        script.Pushed(0, 1, PushOutcomeKind.Duplicate).Pushed(1, 1, PushOutcomeKind.Applied);
        Assert.Equal("Release #1, Lease", script.Commands());
        Assert.Equal(4, script.Machine.SamplesDone);
    }

    [Fact]
    public void Workers_begin_at_different_shards()
    {
        var script = new MachineScript(shards: 3, shardOffset: 2);
        script.Commands();

        Assert.Equal("Pull 2@0, Pull 0@0, Pull 1@0", script.Grant(0, 2).Commands());
    }

    [Fact]
    public void Failed_call_is_given_again_after_a_hold()
    {
        var script = new MachineScript(shards: 1);
        script.Commands();

        Assert.Equal("Hold", script.Failed(WorkerCommandKind.Lease).Commands());
        Assert.Equal("Lease", script.Tick().Commands());
        script.Grant(0, 2).Commands();
        Assert.Equal("Hold", script.Failed(WorkerCommandKind.Pull, 0).Commands());
        Assert.Equal("Pull 0@0", script.Tick().Commands());
        script.View(0, 0).Commands();
        script.Gradient().Commands();
        Assert.Equal("Hold", script.Failed(WorkerCommandKind.Ticket).Commands());
        Assert.Equal("Ticket", script.Tick().Commands());
        script.Ticket(3).Commands();
        Assert.Equal("Hold", script.Failed(WorkerCommandKind.Push, 0, sequence: 0).Commands());
        Assert.Equal("Push 0 #0", script.Tick().Commands());
    }

    [Fact]
    public void Several_failures_share_one_hold()
    {
        var script = new MachineScript();
        script.Commands();
        script.Grant(0, 2).Commands();

        script.Failed(WorkerCommandKind.Pull, 0).Failed(WorkerCommandKind.Pull, 1);

        Assert.Equal("Hold", script.Commands());
        Assert.Equal("Pull 0@0, Pull 1@0", script.Tick().Commands());
    }

    [Fact]
    public void Hold_doubles_up_to_its_limit_and_starts_again_after_a_success()
    {
        var script = new MachineScript(shards: 1);
        script.Commands();
        var holds = new List<double>();
        for (int i = 0; i < 8; i++)
        {
            script.Failed(WorkerCommandKind.Lease).Commands();
            holds.Add(script.Machine.HoldFor.TotalMilliseconds);
            script.Tick().Commands();
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 500, 500], holds);
        script.Grant(0, 2);
        Assert.Equal(WorkerMachine.HoldMin, script.Machine.HoldFor);
    }

    [Theory]
    [InlineData(PushOutcomeKind.NotReady)]
    [InlineData(PushOutcomeKind.RoundAhead)]
    public void Push_that_is_not_settled_is_repeated_with_the_same_sequence(PushOutcomeKind outcome)
    {
        var script = new MachineScript(shards: 1);
        script.Commands();
        script.Grant(0, 2).View(0, 0).UpToPush(ticket: 4);

        Assert.Equal("Hold", script.Pushed(0, 0, outcome).Commands());
        Assert.Equal("Push 0 #0", script.Tick().Commands());
        Assert.Equal(4, script.Machine.Ticket);
    }

    [Fact]
    public void Worker_that_has_to_wait_asks_again_and_commits_nothing_twice()
    {
        var script = new MachineScript(shards: 1);
        script.Commands();
        script.Grant(0, 2, id: 5).View(0, 0).UpToPush(ticket: 4).Pushed(0, 0, PushOutcomeKind.Applied, 1);
        Assert.Equal("Release #0, Lease", script.Commands());
        Assert.Equal(5, script.Machine.Lease.Id);

        Assert.Equal("Hold", script.Answer(LeaseVerdict.Wait).Commands());
        Assert.Equal("Lease", script.Tick().Commands());
        Assert.Equal(-1, script.Machine.Lease.Id);
    }

    [Theory]
    [InlineData(LeaseVerdict.Finished, WorkerStopReason.Finished)]
    [InlineData(LeaseVerdict.Fenced, WorkerStopReason.Fenced)]
    public void Verdict_ends_the_loop(LeaseVerdict verdict, WorkerStopReason reason)
    {
        var script = new MachineScript();
        script.Commands();

        Assert.Equal("Stop", script.Answer(verdict).Commands());
        Assert.Equal(reason, script.Machine.StopReason);
    }

    [Fact]
    public void Values_that_are_not_finite_end_the_loop_before_a_ticket_or_push()
    {
        MachineScript loss = Computing();
        Assert.Equal("Stop", loss.Gradient(isFinite: false).Commands());
        Assert.Equal(WorkerStopReason.Diverged, loss.Machine.StopReason);

        MachineScript update = Computing();
        update.Gradient().Commands();
        Assert.Equal("Stop", update.Ticket(3, isFinite: false).Commands());
        Assert.Equal(WorkerStopReason.Diverged, update.Machine.StopReason);
    }

    [Fact]
    public void Fenced_ticket_or_push_says_that_this_life_is_over()
    {
        MachineScript ticket = Computing();
        ticket.Gradient().Commands();
        Assert.Equal("Stop", ticket.NoTicket(TicketVerdict.Fenced).Commands());
        Assert.Equal(WorkerStopReason.Fenced, ticket.Machine.StopReason);

        MachineScript push = Computing();
        push.UpToPush(ticket: 1);
        Assert.Equal("Stop", push.Pushed(0, 0, PushOutcomeKind.Fenced).Commands());
        Assert.Equal(WorkerStopReason.Fenced, push.Machine.StopReason);
    }

    [Fact]
    public void Late_answers_after_the_stop_are_ignored()
    {
        MachineScript script = Computing();
        script.UpToPush(ticket: 1);
        Assert.Equal("Stop", script.Pushed(0, 0, PushOutcomeKind.Fenced).Commands());

        script.Pushed(0, 0, PushOutcomeKind.Applied, 4).View(0, 4).Gradient().Ticket(3).Grant(0, 2)
            .Failed(WorkerCommandKind.Push, 0, sequence: 0).Tick();

        Assert.Equal("", script.Commands());
        Assert.Equal(WorkerStopReason.Fenced, script.Machine.StopReason);
    }

    [Fact]
    public void Held_ticket_is_asked_for_again_with_the_same_sequence()
    {
        MachineScript script = Computing();
        script.Gradient().Commands();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("Hold", script.NoTicket(TicketVerdict.Held).Commands());
            Assert.Equal("Ticket", script.Tick().Commands());
        }

        Assert.Equal("Push 0 #0", script.Ticket(3).Commands());
    }

    [Fact]
    public void Held_ticket_is_no_failure_and_waits_the_shortest_time()
    {
        MachineScript script = Computing();
        script.Gradient().Commands();
        script.NoTicket(TicketVerdict.Held).Commands();
        script.Tick().Commands();

        script.NoTicket(TicketVerdict.Held);

        Assert.Equal(WorkerMachine.HoldMin, script.Machine.HoldFor);
    }

    [Fact]
    public void Stale_ticket_leads_to_the_same_batch_at_new_views_and_the_same_sequence()
    {
        MachineScript script = Computing();
        script.Gradient().Commands();

        Assert.Equal("Lease", script.NoTicket(TicketVerdict.Stale).Commands());
        Assert.Equal(-1, script.Machine.Lease.Id);
        Assert.Equal("Pull 0@0", script.Grant(0, 2, id: 7, isFresh: true).Commands());
        Assert.Equal("Gradient", script.View(0, 5).Commands());
        Assert.Equal("Ticket", script.Gradient().Commands());
        Assert.Equal(0, script.Machine.Sequence);
        Assert.Equal("Push 0 #0", script.Ticket(3).Commands());
        Assert.Equal(7, script.Machine.Batch.Lease.Id);
    }

    [Fact]
    public void Fresh_lease_pulls_every_shard_although_the_views_would_do()
    {
        MachineScript script = Computing();
        script.UpToPush(ticket: 0).Pushed(0, 0, PushOutcomeKind.Applied, 1).Commands();

        Assert.Equal("Pull 0@0", script.Grant(2, 6, id: 1, isFresh: true).Commands());
        Assert.Equal("Gradient", script.View(0, 4).Commands());

        // Only the first batch of the lease.
        script.UpToPush(ticket: 1);
        Assert.Equal("Release #1, Gradient", script.Pushed(0, 1, PushOutcomeKind.Applied, 5).Commands());
    }

    [Fact]
    public void Empty_lease_flushes_without_a_gradient()
    {
        MachineScript script = Computing();
        script.UpToPush(ticket: 0).Pushed(0, 0, PushOutcomeKind.Applied, 1).Commands();

        Assert.Equal("Ticket", script.Grant(8, 8, id: 1).Commands());
        Assert.True(script.Machine.IsFlushing);
        Assert.Equal("Push 0 #1", script.Ticket(1).Commands());
        Assert.Equal("Release #1, Lease", script.Pushed(0, 1, PushOutcomeKind.Applied, 2).Commands());
        Assert.Equal(2, script.Machine.SamplesDone);
        Assert.Equal("Stop", script.Answer(LeaseVerdict.Finished).Commands());
    }

    [Fact]
    public void Where_rounds_overlap_the_ticket_comes_first_and_is_asked_for_again_before_the_push()
    {
        var script = new MachineScript(shards: 1, ticketFirst: true);
        script.Commands();
        Assert.Equal("Pull 0@0", script.Grant(0, 2, round: 3, isFresh: true).Commands());
        Assert.Equal("Ticket", script.View(0, 9).Commands());
        Assert.True(script.Machine.IsTicketOnly);
        Assert.Equal("Gradient", script.Ticket(4).Commands());
        Assert.Equal("Ticket", script.Gradient().Commands());
        Assert.False(script.Machine.IsTicketOnly);
        Assert.Equal("Hold", script.NoTicket(TicketVerdict.Held).Commands());
        Assert.Equal("Ticket", script.Tick().Commands());
        Assert.Equal("Push 0 #0", script.Ticket(4).Commands());

        // Shards apply at once, so nothing is retained.
        Assert.Equal("Release #0, Lease", script.Pushed(0, 0, PushOutcomeKind.Applied, 10).Commands());
    }

    [Fact]
    public void Event_that_nobody_asked_for_is_a_bug_of_the_host()
    {
        MachineScript script = Computing();

        Assert.Throws<InvalidOperationException>(() => script.Ticket(3));
        Assert.Throws<InvalidOperationException>(() => script.Answer(LeaseVerdict.Wait));
        Assert.Throws<InvalidOperationException>(() => script.View(0, 3));
    }

    private static MachineScript Computing()
    {
        var script = new MachineScript(shards: 1);
        script.Commands();
        script.Grant(0, 2).View(0, 0).Commands();
        return script;
    }
}
