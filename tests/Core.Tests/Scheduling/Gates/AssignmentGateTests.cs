using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class AssignmentGateTests
{
    [Fact]
    public void Every_worker_brings_one_job()
    {
        AssignmentGate gate = new(new OpenGate(), 3, isShuffled: false, seed: 1);
        Assert.All([0, 1, 2], worker => Assert.True(gate.MayBegin(worker)));
        gate.Began(0);
        Assert.Equal((0, 1, 1), (gate.JobsWaiting(0), gate.JobsWaiting(1), gate.JobsWaiting(2)));
        Assert.Throws<InvalidOperationException>(() =>
        {
            gate.Took(0, 0, 1);
            gate.Began(0);
        });
    }

    [Fact]
    public void Jobs_of_a_worker_that_left_are_dealt_out_again()
    {
        AssignmentGate gate = new(new OpenGate(), 3, isShuffled: true, seed: 1);
        Assert.All([0, 1, 2], worker => Assert.True(gate.MayBegin(worker)));
        gate.Began(0);
        gate.Left(0);
        gate.Left(1);

        Assert.Equal((0, 0, 3), (gate.JobsWaiting(0), gate.JobsWaiting(1), gate.JobsWaiting(2)));
        gate.Left(2);
        Assert.True(gate.MayBegin(1));
        Assert.Equal(3, gate.JobsWaiting(1));
    }

    [Fact]
    public void Number_of_jobs_stays_whoever_comes_and_goes() => SeedLaw.ForAll(seed =>
    {
        int workers = 2 + (int)(seed % 8);
        AssignmentGate gate = new(new OpenGate(), workers, seed % 2 == 0, seed);
        Assert.All(Enumerable.Range(0, workers), worker => Assert.True(gate.MayBegin(worker)));
        GateRun run = new(gate, workers, seed, churn: 0.02);
        for (int i = 0; i < 2000; i++)
        {
            Assert.True(run.Step());
            int waiting = Enumerable.Range(0, workers).Sum(gate.JobsWaiting);
            Assert.True(run.UnderWay + waiting <= workers);
        }

        for (int worker = 0; worker < workers; worker++)
        {
            gate.MayBegin(worker);
        }

        Assert.Equal(workers, run.UnderWay + Enumerable.Range(0, workers).Sum(gate.JobsWaiting));
    });

    [Fact]
    public void Shuffled_turns_come_once_a_permutation_however_fast_a_worker_is() => SeedLaw.ForAll(seed =>
    {
        (long[] counts, _) = Assigned(isShuffled: true, seed, workers: 2 + (int)(seed % 9), steps: 2000);
        Assert.True(counts.Max() - counts.Min() <= 1, string.Join(" ", counts));

        (long[] drawn, _) = Assigned(isShuffled: false, seed, workers: 10, steps: 2000);
        Assert.True(drawn.Max() - drawn.Min() > 1, "draws that are only random would not be told apart");
    });

    [Fact]
    public void Random_turns_are_even_and_those_of_whoever_asks_are_not()
    {
        int uneven = 0;
        const int Trials = 100;
        for (ulong seed = 1; seed <= Trials; seed++)
        {
            (long[] counts, _) = Assigned(isShuffled: false, seed, workers: 8, steps: 4000);
            uneven += ParticipationTest.Of(counts).Verdict == ParticipationVerdict.Even ? 0 : 1;
        }

        // One in a hundred is to be expected at a confidence of 0.99; six would be a chance of 0.0005.
        Assert.True(uneven <= 5, $"{uneven} of {Trials}");

        GateRun pure = new(new OpenGate(), 8, 3);
        pure.Steps(4000);
        Assert.Equal(ParticipationVerdict.Uneven, ParticipationTest.Of([.. pure.Closed.Select(count => (long)count)]).Verdict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_history_deadlocks_inside_any_mode(bool isShuffled) => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int workers = 1 + random.NextInt(8);
        IStepGate inner = random.NextInt(3) switch
        {
            0 => new StalenessGate(workers, random.NextInt(3)),
            1 => new NormGate(workers, random.NextInt(5) / 4.0),
            _ => new AdaptiveGate(new LeverLimits(workers), 0.25),
        };
        AssignmentGate gate = new(inner, workers, isShuffled, seed);
        GateRun run = new(gate, workers, seed, random.NextInt(2) * 0.02);
        run.Steps(2000);
        Assert.True(run.TicketNext > 100);
    });

    [Fact]
    public void Same_seed_deals_the_same_jobs()
    {
        Assert.Equal(Assigned(false, 5, 6, 500).Begun, Assigned(false, 5, 6, 500).Begun);
        Assert.NotEqual(Assigned(false, 5, 6, 500).Begun, Assigned(false, 6, 6, 500).Begun);
    }

    // Jobs that were handed to each worker: begun, or waiting still.
    private static (long[] Counts, int[] Begun) Assigned(bool isShuffled, ulong seed, int workers, int steps)
    {
        AssignmentGate gate = new(new OpenGate(), workers, isShuffled, seed);
        Assert.All(Enumerable.Range(0, workers), worker => Assert.True(gate.MayBegin(worker)));
        GateRun run = new(gate, workers, seed);
        run.Steps(steps);
        return ([.. run.Begun.Select((begun, worker) => (long)begun + gate.JobsWaiting(worker))], run.Begun);
    }
}
