using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>The number of workers follows the number of silos, where the plan says how many one silo takes on.</summary>
public class ElasticRunTests
{
    private static readonly RunPlan Plan = new() { Workers = 6, Shards = 2, Batch = 2, LeaseBatches = 2, WorkersPerSilo = 2 };

    [Fact]
    public void As_many_workers_compute_as_the_silos_take_on()
    {
        RunScript script = Running("a", "b");
        Assert.Equal((4, 4), (script.Coordinator.WorkersWanted, script.Coordinator.WorkersLive));
        Assert.True(script.Coordinator.IsWhole);

        script.Coordinator.SilosChanged(["a", "b", "c"]);
        script.StartAll();

        Assert.Equal((6, 6), (script.Coordinator.WorkersWanted, script.Coordinator.WorkersLive));
    }

    [Fact]
    public void One_worker_computes_at_least_and_never_more_than_the_plan_has()
    {
        Assert.Equal(1, new RunCoordinator(Plan, 64).WorkersWanted);
        Assert.Equal(6, Running("a", "b", "c", "d", "e").Coordinator.WorkersWanted);
    }

    [Fact]
    public void Workers_that_are_too_many_stop_at_their_next_question_and_their_samples_go_to_others()
    {
        RunScript script = Running("a", "b", "c");
        Lease[] leases = [.. Enumerable.Range(0, 6).Select(worker => script.Lease(worker))];
        int[] high = [.. Enumerable.Range(4, 2).Where(worker => script.Coordinator.Workers[worker].Silo != "c")];

        script.Coordinator.SilosChanged(["a", "b"]);
        script.StartAll();
        Assert.All(high, worker => Assert.Equal(LeaseVerdict.Leave, script.Ask(worker, -1, out _)));

        Assert.Equal(4, script.Coordinator.WorkersLive);
        Assert.True(script.Coordinator.IsWhole);
        var left = new HashSet<(int, int)>();
        while (script.Ask(0, -1, out Lease next) == LeaseVerdict.Granted && left.Add((next.Start, next.End)))
        {
            for (int batch = 0; batch < next.Length / Plan.Batch; batch++)
            {
                script.Ticket(0, next, batch, sequence: script.Totals.Tickets);
            }

            script.Ask(0, next.Id, out _);
        }

        Assert.All(high, worker => Assert.Contains((leases[worker].Start, leases[worker].End), left));
    }

    [Fact]
    public void Rate_or_batch_makes_up_for_the_workers_that_are_missing()
    {
        Assert.Equal((1, 1), Scales(Plan));
        Assert.Equal((1.5, 1), Scales(Plan with { Scaling = RunPlan.ScaleRate }));
        Assert.Equal((1, 1.5), Scales(Plan with { Scaling = RunPlan.ScaleBatch }));
        Assert.Equal(12, (Plan with { Scaling = RunPlan.ScaleBatch }).BatchMax);

        static (double, double) Scales(RunPlan plan)
        {
            var coordinator = new RunCoordinator(plan, 64);
            coordinator.SilosChanged(["a", "b"]);
            return (coordinator.RateScale, coordinator.BatchScale);
        }
    }

    [Fact]
    public void What_would_be_lost_with_a_worker_that_stops_is_a_mistake_of_the_plan()
    {
        Assert.Empty(Plan.Mistakes());
        Assert.StartsWith("workersPerSilo is 2, but rule momentum", Assert.Single((Plan with { Rule = new() { Kind = RulePlan.Momentum } }).Mistakes()));
        Assert.StartsWith("workersPerSilo is 2, but rule sgd with codec one-bit", Assert.Single((Plan with { Codec = new(CodecPlan.OneBit) }).Mistakes()));
        Assert.StartsWith("workersPerSilo is 2 but mode is bsp", Assert.Single((Plan with { Mode = RunPlan.Bsp }).Mistakes()));
        Assert.StartsWith("workersPerSilo is 2 but assignment is random", Assert.Single((Plan with { Assignment = RunPlan.RandomAssignment }).Mistakes()));
        Assert.StartsWith("scaling is rate but workersPerSilo is 0", Assert.Single((Plan with { WorkersPerSilo = 0, Scaling = RunPlan.ScaleRate }).Mistakes()));
        Assert.StartsWith("scaling is batch, which needs", Assert.Single((Plan with { Mode = RunPlan.Ssp, Scaling = RunPlan.ScaleBatch }).Mistakes()));
        Assert.StartsWith("scaling is 'twice'", Assert.Single((Plan with { Scaling = "twice" }).Mistakes()));
        Assert.StartsWith("workersPerSilo is -1", Assert.Single((Plan with { WorkersPerSilo = -1 }).Mistakes()));
    }

    private static RunScript Running(params string[] silos)
    {
        var script = new RunScript(Plan, 64, silos);
        script.StartAll();
        return script;
    }
}
