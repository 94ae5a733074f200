using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Workers whose codec keeps something back send it after the last sample.</summary>
public class FlushTests
{
    [Fact]
    public void Every_worker_flushes_once_when_all_samples_are_in_and_then_the_run_is_finished()
    {
        RunScript script = RunScript.Running(samples: 4, flushes: true);
        Lease lease = script.Lease(0);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, -1, out _));

        Lease first = script.Lease(0, lease.Id);
        Lease second = script.Lease(1);
        Assert.Equal((true, 0, -1L), (first.IsFlush, first.Length, first.Round));
        Assert.Equal("", script.Commands());
        script.Ticket(0, first, sequence: 5);
        script.Ticket(1, second, sequence: 5);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, first.Id, out _));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(1, second.Id, out _));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, -1, out _));

        Assert.Equal("Finish", script.Commands());
        Assert.Equal((4L, 1), (script.Totals.SamplesUsed, script.Totals.EpochsClosed));
    }

    [Fact]
    public void Flush_of_a_lost_worker_is_asked_of_its_next_life()
    {
        RunScript script = RunScript.Running(samples: 4, flushes: true, workers: 1);
        Lease flush = script.Lease(0, script.Lease(0).Id);
        script.Ticket(0, flush, sequence: 5);
        script.Coordinator.WorkerLost(0, 1);
        script.StartAll();
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));

        script.Fenced(0, false, false);

        Assert.True(script.Lease(0).IsFlush);
        Assert.Equal("Retire 0#1 T1, Void T0", script.Facts());
    }

    [Fact]
    public void Flush_that_the_shards_have_counts_although_its_worker_is_lost()
    {
        RunScript script = RunScript.Running(samples: 4, flushes: true, workers: 1);
        Lease flush = script.Lease(0, script.Lease(0).Id);
        script.Ticket(0, flush, sequence: 5);
        script.Coordinator.WorkerLost(0, 1);
        script.Commands();

        script.Fenced(0, true, true);

        Assert.Equal("Finish", script.Commands());
    }

    [Fact]
    public void Rounds_end_with_a_round_of_flushes()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4, flushes: true);
        Lease[] leases = [script.Lease(0), script.Lease(1)];
        for (int round = 0; round < 2; round++)
        {
            for (int worker = 0; worker < 2; worker++)
            {
                script.Ticket(worker, leases[worker], sequence: round);
            }

            LeaseVerdict first = script.Ask(0, leases[0].Id, out Lease next);
            LeaseVerdict second = script.Ask(1, leases[1].Id, out leases[1]);
            leases[0] = next;
            Assert.Equal(LeaseVerdict.Wait, first);
            Assert.Equal(round == 0 ? LeaseVerdict.Granted : LeaseVerdict.Finished, second);
            if (round == 0)
            {
                leases[0] = script.Lease(0);
                Assert.Equal((true, 1L, 1, 2), (leases[1].IsFlush, leases[1].Round, leases[1].Slot, leases[1].SlotCount));
            }
        }

        Assert.Equal("Settle T0 [1 1], Settle T1 [1 1], Settle T2 [1 1], Settle T3 [1 1]", script.Facts());
        Assert.Equal("Finish", script.Commands());
    }

    [Fact]
    public void Last_epoch_is_not_evaluated_before_its_flushes() =>
        Assert.Equal("", AfterLastSample().Commands());

    private static RunScript AfterLastSample()
    {
        RunScript script = RunScript.Running(samples: 4, flushes: true);
        script.Ask(0, script.Lease(0).Id, out _);
        return script;
    }
}
