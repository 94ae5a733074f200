using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class PauseTests
{
    [Fact]
    public void Nobody_gets_a_ticket_while_the_run_is_paused_and_the_next_one_afterwards()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);

        script.Coordinator.IsPaused = true;
        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _, batch: 1));
        script.Coordinator.IsPaused = false;

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out TicketGrant grant, batch: 1));
        Assert.Equal(1, grant.Ticket);
    }

    [Fact]
    public void A_paused_run_can_be_held_and_stays_paused_when_the_hold_ends()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Coordinator.IsPaused = true;

        Assert.True(script.Coordinator.TryHold(out long ticket));
        Assert.Equal(0, ticket);
        script.Coordinator.Release();

        Assert.Equal(TicketVerdict.Held, script.AskTicket(0, lease, out _));
    }

    [Fact]
    public void A_round_under_way_is_completed_and_no_other_opens()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp);
        Lease[] leases = [script.Lease(0), script.Lease(1)];
        script.Ticket(0, leases[0]);

        script.Coordinator.IsPaused = true;
        script.Ticket(1, leases[1]);
        script.Ask(0, leases[0].Id, out _);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, leases[1].Id, out _));
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));

        script.Coordinator.IsPaused = false;
        Assert.Equal(1, script.Lease(0).Round);
    }

    [Fact]
    public void Workers_above_the_limit_leave_at_their_next_question_and_come_back_when_it_is_lifted()
    {
        RunScript script = RunScript.Running(samples: 64);
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);

        script.Coordinator.LimitWorkers(1);
        Assert.Equal(1, script.Coordinator.WorkersWanted);
        Assert.Equal(LeaseVerdict.Leave, script.Ask(1, second.Id, out _));
        Assert.Equal(LeaseVerdict.Granted, script.Ask(0, first.Id, out _));
        Assert.Equal("FenceWorker 1#2 T-1", script.Commands());

        script.Coordinator.LimitWorkers(0);
        Assert.Equal(2, script.Coordinator.WorkersWanted);
        Assert.Contains("StartWorker 1#", script.Commands(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_whose_workers_cannot_change_says_why()
    {
        Assert.Contains("slot for each", Assert.Single(RunCoordinator.ScaleMistakes(new RunPlan { Workers = 2, Mode = RunPlan.Bsp })), StringComparison.Ordinal);
        Assert.Contains(
            "keeps something back",
            Assert.Single(RunCoordinator.ScaleMistakes(new RunPlan { Workers = 2, Codec = new CodecPlan(CodecPlan.OneBit) })), StringComparison.Ordinal);
        Assert.Empty(RunCoordinator.ScaleMistakes(new RunPlan { Workers = 2 }));
    }
}
