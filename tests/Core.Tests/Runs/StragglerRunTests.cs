using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Goal: a slow worker does not keep an epoch. Method: four workers in virtual time, one of them ten times as slow.</summary>
public class StragglerRunTests
{
    private const int Samples = 256;
    private const int Batch = 2;

    [Fact]
    public void A_slow_worker_gets_shorter_leases_and_the_epoch_ends_earlier()
    {
        (long EndedAt, int Steps, List<Lease> Leases, RunCoordinator Run) without = Play(isTimed: false, epochs: 1);
        (long EndedAt, int Steps, List<Lease> Leases, RunCoordinator Run) with = Play(isTimed: true, epochs: 1);

        // The slow worker alone needs 160 for its first lease; 128 steps at a rate of 3.1 take 42 when nobody waits.
        Assert.Equal(160, without.EndedAt);
        Assert.InRange(with.EndedAt, 42, 60);

        // Nothing is computed twice for it.
        Assert.Equal((Samples / Batch, Samples / Batch), (without.Steps, with.Steps));
        Assert.Equal((Samples, 0, 0), Counts(with.Run, 0));
    }

    [Fact]
    public void Epochs_before_the_last_end_earlier_too_and_later_leases_are_as_short_as_the_worker_is_slow()
    {
        (long EndedAt, int Steps, List<Lease> Leases, RunCoordinator Run) without = Play(isTimed: false, epochs: 4);
        (long EndedAt, int Steps, List<Lease> Leases, RunCoordinator Run) with = Play(isTimed: true, epochs: 4);

        Assert.True(with.EndedAt < without.EndedAt, $"{with.EndedAt} is not before {without.EndedAt}");
        Assert.Equal(4 * Samples / Batch, with.Steps);
        Assert.All(Enumerable.Range(0, 4), epoch => Assert.Equal((Samples, 0, 0), Counts(with.Run, epoch)));
        Assert.All(with.Leases.Skip(1), lease => Assert.Equal(Batch, lease.Length)); // 16 / 10 batches
        Assert.True(with.Leases.Count > 2);
    }

    [Theory]
    [InlineData(RunPlan.Ssp)]
    [InlineData(RunPlan.NormBounded)]
    [InlineData(RunPlan.Adaptive)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.VarianceBounded)]
    public void Modes_that_decide_of_every_step_give_the_same_leases_to_slow_workers(string mode)
    {
        Lease[] Leases(bool isTimed)
        {
            RunScript script = Script(mode, epochs: 1);
            var leases = new List<Lease>();
            for (int turn = 0; turn < 40; turn++)
            {
                int worker = turn % 4;
                if (isTimed)
                {
                    script.Coordinator.StepTimed(worker, 1, worker == 0 ? 10 : 1, out _);
                }

                if (script.Coordinator.LeaseAsked(worker, 1, -1, out Lease lease) == LeaseVerdict.Granted)
                {
                    leases.Add(lease);
                    script.Coordinator.TicketAsked(worker, 1, turn, lease.Id, lease.Start, lease.End, 1, viewed: 0, out _);
                    script.Coordinator.LeaseAsked(worker, 1, lease.Id, out _);
                }
            }

            Assert.Equal(isTimed ? [0] : [], script.Coordinator.WorkersSlow);
            return [.. leases];
        }

        Assert.Equal(Leases(isTimed: false), Leases(isTimed: true));
    }

    [Fact]
    public void A_worker_is_told_once_that_it_is_slow_and_its_next_life_begins_without_that()
    {
        RunScript script = Script(RunPlan.Async, epochs: 1);
        int told = 0;
        for (int step = 0; step < 5; step++)
        {
            for (int worker = 0; worker < 4; worker++)
            {
                told += script.Coordinator.StepTimed(worker, 1, worker == 2 ? 8 : 1, out double ratio) && ratio == 8 ? 1 : 0;
            }
        }

        Assert.Equal(1, told);
        script.Coordinator.WorkerLost(2, 1);
        Assert.False(script.Coordinator.StepTimed(2, 1, 8, out _)); // a life that is over
        Assert.Empty(script.Coordinator.WorkersSlow);
    }

    [Fact]
    public void A_slow_worker_that_dies_with_a_shortened_lease_leaves_no_sample_behind()
    {
        RunScript script = Script(RunPlan.Async, epochs: 1, samples: 32);
        Lease slow = script.Lease(0);
        script.Ticket(0, slow);
        for (int step = 0; step < 3; step++)
        {
            script.Coordinator.StepTimed(1, 1, 1, out _);
            script.Coordinator.StepTimed(0, 1, 10, out _);
        }

        Lease rest = script.Lease(1);
        Assert.Equal((4, 32), (rest.Start, rest.End)); // it has begun the second batch
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, true);
        script.Ask(1, rest.Id, out Lease last);
        script.Ask(1, last.Id, out _);

        Assert.Equal((2, 4), (last.Start, last.End));
        Assert.Equal((32, 0, 0), Counts(script.Coordinator, 0));
    }

    [Fact]
    public void The_ticket_of_the_last_batch_says_where_the_lease_ends_also_when_it_is_asked_for_again()
    {
        RunScript script = Script(RunPlan.Async, epochs: 1, samples: 32);
        Lease slow = script.Lease(0);
        script.AskTicket(0, slow, out TicketGrant before);
        for (int step = 0; step < 3; step++)
        {
            script.Coordinator.StepTimed(1, 1, 1, out _);
            script.Coordinator.StepTimed(0, 1, 10, out _);
        }

        script.Lease(1);

        script.AskTicket(0, slow, out TicketGrant repeated);
        script.AskTicket(0, slow, out TicketGrant last, batch: 1);
        Assert.Equal((0, 4, 4), (before.LeaseEnd, repeated.LeaseEnd, last.LeaseEnd));
        Assert.Equal(before.Ticket, repeated.Ticket);
    }

    private static RunScript Script(string mode, int epochs, int samples = Samples)
    {
        var plan = new RunPlan { Workers = 4, Shards = 2, Batch = Batch, LeaseBatches = 16, Epochs = epochs, Mode = mode };
        var script = new RunScript(plan, samples, "a", "b");
        script.StartAll();
        return script;
    }

    // Worker 0 takes 10 for a step, the others 1; everything else takes no time.
    private static (long EndedAt, int Steps, List<Lease> LeasesOfSlow, RunCoordinator Run) Play(bool isTimed, int epochs)
    {
        RunScript script = Script(RunPlan.Async, epochs);
        RunCoordinator run = script.Coordinator;
        var leases = new Lease[4];
        int[] position = new int[4];
        long[] committed = [-1, -1, -1, -1];
        long[] sequence = new long[4];
        var slow = new List<Lease>();
        var events = new PriorityQueue<int, (long At, int Worker)>();
        for (int worker = 0; worker < 4; worker++)
        {
            events.Enqueue(worker, (0, worker));
        }

        int steps = 0;
        long endedAt = 0;
        while (events.TryDequeue(out int worker, out (long At, int Worker) now))
        {
            long seconds = worker == 0 ? 10 : 1;
            if (position[worker] < leases[worker].End)
            {
                // A step ends.
                steps++;
                endedAt = now.At;
                if (isTimed)
                {
                    run.StepTimed(worker, 1, seconds, out _);
                }

                int end = Math.Min(position[worker] + Batch, leases[worker].End);
                Assert.Equal(TicketVerdict.Given, run.TicketAsked(
                    worker, 1, sequence[worker]++, leases[worker].Id, position[worker], end, 1, viewed: 0, out TicketGrant grant));
                position[worker] = end;
                leases[worker] = grant.LeaseEnd > 0 ? leases[worker] with { End = grant.LeaseEnd } : leases[worker];
                committed[worker] = leases[worker].Id;
            }

            script.Commands(); // evaluations are carried out at once
            if (position[worker] == leases[worker].End)
            {
                LeaseVerdict verdict = run.LeaseAsked(worker, 1, committed[worker], out Lease lease);
                committed[worker] = -1;
                if (verdict != LeaseVerdict.Granted)
                {
                    if (verdict == LeaseVerdict.Wait)
                    {
                        events.Enqueue(worker, (now.At + 1, worker));
                    }

                    continue;
                }

                (leases[worker], position[worker]) = (lease, lease.Start);
                if (worker == 0)
                {
                    slow.Add(lease);
                }
            }

            events.Enqueue(worker, (now.At + seconds, worker));
        }

        return (endedAt, steps, slow, run);
    }

    private static (long, long, long) Counts(RunCoordinator run, int epoch)
    {
        EpochSamples samples = run.SamplesOf(epoch);
        return (samples.Once, samples.Twice, samples.None);
    }
}
