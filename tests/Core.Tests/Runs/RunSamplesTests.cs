using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Goal: what a loss does to samples is in the account. Method: each loss once, by hand.</summary>
public class RunSamplesTests
{
    [Fact]
    public void A_run_without_losses_uses_every_sample_once()
    {
        RunScript script = RunScript.Running(epochs: 2);
        Finish(script, 0);

        Assert.Equal("16 once, 0 twice, 0 none", Text(script, 0));
        Assert.Equal("16 once, 0 twice, 0 none", Text(script, 1));
    }

    [Fact]
    public void Samples_of_a_void_ticket_are_used_once_at_the_second_try()
    {
        RunScript script = RunScript.Running();
        script.Ticket(0, script.Lease(0));
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, false, false);
        Assert.Equal("0 once, 0 twice, 16 none; NotYet 0-16", Text(script, 0));

        Finish(script, 1);

        Assert.Equal("16 once, 0 twice, 0 none; Void 0-2", Text(script, 0));
    }

    [Fact]
    public void Samples_of_a_partial_update_are_named()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Ticket(0, lease, 1);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(1, true, false);

        Finish(script, 1);

        Assert.Equal("14 once, 0 twice, 2 none; Partial 2-4", Text(script, 0));
    }

    [Fact]
    public void Samples_of_lost_updates_are_named_before_and_after_their_lease_is_committed()
    {
        RunScript script = RunScript.Running();
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first, 0);
        script.Ticket(0, first, 1);
        script.Ticket(1, second, 0);
        script.Ticket(1, second, 1);
        script.Ask(0, first.Id, out _);
        script.Coordinator.ShardLost(1, 1);
        long version = 0;
        script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out int gone);
        Assert.Equal(3, gone);
        Assert.Equal("0 once, 0 twice, 16 none; Lost 0-6; NotYet 6-16", Text(script, 0));
        script.StartAll();

        Finish(script, 1, second.Id);
        Finish(script, 0);

        Assert.Equal("10 once, 0 twice, 6 none; Lost 0-6", Text(script, 0));
        Assert.Equal(0, script.Coordinator.UpdatesUnplaced);
    }

    [Fact]
    public void A_slot_that_one_shard_has_is_used_twice_and_one_that_none_has_once()
    {
        foreach ((bool had, string expected) in new[] { (true, "2 once, 2 twice, 12 none"), (false, "4 once, 0 twice, 12 none") })
        {
            RunScript script = RunScript.Running(RunPlan.Bsp);
            Lease lease = script.Lease(0);
            script.Ticket(0, lease);
            script.Ask(0, lease.Id, out _);
            script.Coordinator.WorkerLost(0, 1);
            script.Fenced(0, had, false);
            script.StartAll();

            Lease again = script.Lease(0);
            script.Ticket(0, again);
            script.Ask(0, again.Id, out _);
            Lease other = script.Lease(1);
            script.Ticket(1, other);
            script.Ask(1, other.Id, out _);

            Assert.StartsWith(expected, Text(script, 0), StringComparison.Ordinal);
            Assert.Contains(had ? "SlotRepeated 0-2" : "Void 0-2", Text(script, 0), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_slot_whose_worker_died_pushing_is_used_twice_when_a_shard_has_it()
    {
        foreach ((bool had, string expected) in new[] { (true, "SlotRepeated 0-2"), (false, "Void 0-2") })
        {
            RunScript script = RunScript.Running(RunPlan.Bsp);
            script.Ticket(0, script.Lease(0));
            script.Coordinator.WorkerLost(0, 1);
            script.Fenced(0, had, false);
            script.StartAll();

            Lease again = script.Lease(0);
            script.Ticket(0, again);
            script.Ask(0, again.Id, out _);

            Assert.Contains(expected, Text(script, 0), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cancelled_run_says_which_samples_it_never_used()
    {
        RunScript script = RunScript.Running(epochs: 2);
        Lease lease = script.Lease(0);
        script.Ask(0, lease.Id, out _);

        Assert.Equal((4, 28), (script.Coordinator.SamplesInAll(isOver: true).Once, script.Coordinator.SamplesInAll(isOver: true).None));
        Assert.Equal([(SampleReason.RunEnded, 28L)], script.Coordinator.SamplesInAll(isOver: true).Notes);
        Assert.Equal([new SampleRange(4, 16)], script.Coordinator.SamplesOf(0, isOver: true).Notes[0].Ranges);
    }

    // One worker commits whatever there is.
    private static void Finish(RunScript script, int worker, long committed = -1)
    {
        while (script.Ask(worker, committed, out Lease lease) == LeaseVerdict.Granted)
        {
            committed = lease.Id;
            script.Commands(); // evaluations are carried out at once
        }
    }

    private static string Text(RunScript script, int epoch)
    {
        EpochSamples samples = script.Coordinator.SamplesOf(epoch);
        IEnumerable<string> notes = samples.Notes.Select(
            note => $"{note.Reason} {string.Join(' ', note.Ranges.Select(range => $"{range.Start}-{range.End}"))}");
        return string.Join("; ", [$"{samples.Once} once, {samples.Twice} twice, {samples.None} none", .. notes]);
    }
}
