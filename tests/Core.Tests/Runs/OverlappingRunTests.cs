using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Variance-bounded: rounds overlap, and no view of a round contains an update of it.</summary>
public class OverlappingRunTests
{
    [Fact]
    public void Round_opens_at_a_quorum_once_every_slot_has_its_ticket()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, first.Id, out _));

        script.Ticket(1, second);

        Lease next = script.Lease(0);
        Assert.Equal((1L, 0, true), (next.Round, next.Slot, next.IsFresh));
    }

    [Fact]
    public void Third_round_waits_for_the_whole_first()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        Lease first = script.Lease(0);
        Lease slow = script.Lease(1);
        script.Ticket(0, first);
        script.Ticket(1, slow);
        Lease next = script.Lease(0, first.Id);
        script.Ticket(0, next, sequence: 1);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, next.Id, out _));

        Lease late = script.Lease(1, slow.Id);
        Assert.Equal(1, late.Round);
        script.Ticket(1, late, sequence: 1);

        Assert.Equal(2, script.Lease(0).Round);
    }

    [Fact]
    public void Second_question_for_a_ticket_is_held_until_every_view_of_the_round_is_there()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, first, out TicketGrant given));
        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, first, out _));

        script.AskTicket(1, second, out TicketGrant other);

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, first, out TicketGrant again));
        Assert.Equal((given, new TicketGrant(1, 0)), (again, other));
    }

    [Fact]
    public void Slot_that_is_computed_again_is_a_step_of_its_own_and_waits_for_nobody()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        script.Ticket(0, script.Lease(0));
        script.Lease(1);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, false, false);
        Lease again = script.Lease(0);

        script.AskTicket(0, again, out TicketGrant grant);

        Assert.Equal(new TicketGrant(1, 1), grant);
        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, again, out _));
    }

    [Fact]
    public void Norm_that_was_not_known_before_the_gradient_is_taken_from_the_second_question()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        Lease first = script.Lease(0);
        script.AskTicket(0, first, out _, norm: double.NaN);
        script.AskTicket(0, first, out _, norm: 3);
        script.Coordinator.WorkerLost(0, 1);

        script.Coordinator.WorkerFenced(0, [FenceReport.Unseen, new FenceReport(true, 4, 0.5, 2)]);
        script.Coordinator.TryNextFact(out _);
        script.Coordinator.TryNextFact(out LedgerFact orphan);

        Assert.Equal([9, 4], orphan.NormSquared);
    }

    [Fact]
    public void No_round_opens_while_the_run_is_held_or_is_to_be()
    {
        RunScript script = RunScript.Running(RunPlan.VarianceBounded);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first);
        script.Ticket(1, second);
        Assert.False(script.Coordinator.TryHold(out _));

        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, first.Id, out _));
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, second.Id, out _));
        Assert.Equal("Cut", script.Commands());
        Assert.True(script.Coordinator.TryHold(out long ticket));
        Assert.Equal(2, ticket);
    }

    [Fact]
    public void Shards_apply_at_once_so_no_version_is_waited_for() =>
        Assert.Equal(0, RunScript.Running(RunPlan.VarianceBounded).Coordinator.VersionWhole);
}
