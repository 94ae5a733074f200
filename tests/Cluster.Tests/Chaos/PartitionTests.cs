using OrleansSgd.Certifier;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Cluster.Tests.Chaos;

/// <summary>
/// Goal: a silo that is only thought dead does no harm. Method: it is cut off while it trains, so that its workers push and its shards answer as before, and
/// later learns the truth; the trace of the run is certified by a program that shares nothing with the grid.
/// </summary>
/// <remarks>Where a runtime cannot cut a silo off, it says so, and that is what these tests hold it to.</remarks>
public sealed class PartitionTests
{
    private static readonly JobPlan Plan = TestGrid.SmallPlan with
    {
        Run = TestGrid.SmallPlan.Run with
        {
            Epochs = 200,
            Rate = new SchedulePlan(Rate: 0.02),
            Consistency = new ConsistencyPlan { LossSamples = 500, CutSeconds = 0.2 },
        },
    };

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Ssp)]
    [InlineData(RunPlan.Bsp)]
    public async Task A_silo_that_is_only_thought_dead_pushes_to_nobody(string mode)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("partition-").FullName, "trace.jsonl");
        try
        {
            JobProgress progress;
            JobPlan plan = Plan with { Run = Plan.Run with { Mode = mode } };
            await using (ChaosGrid grid = await ChaosGrid.StartAsync(3))
            {
                using TraceFile trace = grid.Trace(plan, path);
                string job = await grid.SubmitAsync(plan);
                await grid.TicketsOf(job, 500);
                int silo = await grid.MemberOf(job);
                if (!grid.Silos.CanPartition)
                {
                    Assert.Throws<NotSupportedException>(() => grid.Silos.Partition(silo));
                    return;
                }

                grid.Silos.Partition(silo);
                await grid.TicketsOf(job, 5_000); // meanwhile its old workers push to whom they find
                Assert.Equal(LocalSiloState.Partitioned, grid.Silos.Silos.Single(one => one.Index == silo).State);
                await grid.Silos.HealAsync(silo);
                await grid.Silos.AddSiloAsync(silo);

                progress = await grid.TicketsOf(job, long.MaxValue);
                await grid.DisposeAsync(); // shards write the end of their logs
            }

            Certification certified = TraceCertifier.Certify(new CertifyRequest([path]));
            Assert.Null(progress.Error);
            Assert.Equal((JobPhase.Completed, 200 * 2000L), (progress.Phase, progress.Samples));
            Assert.Empty(progress.Alarms);
            Assert.Equal(0, progress.UpdatesLost);
            Assert.True(certified.Damage.Length == 0, certified.Damage);
            Assert.Empty(certified.Findings);
            Assert.True(certified.ExactlyOnce);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_cut_off_goes_on_alone_and_the_others_begin_its_grains_anew()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(2);
        if (!grid.Silos.CanPartition)
        {
            Assert.Throws<NotSupportedException>(() => grid.Silos.Partition(0));
            return;
        }

        string job = await grid.SubmitAsync(TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 } });
        await grid.TicketsOf(job, 100);
        const int cut = 1;
        IGrainFactory alone = grid.Silos.GrainsOf(cut);
        Dictionary<SiloAddress, SiloStatus> before = await grid.Silos.Grains.GetGrain<IManagementGrain>(0).GetHosts(true);

        grid.Silos.Partition(cut);

        Dictionary<SiloAddress, SiloStatus> after = await grid.Silos.Grains.GetGrain<IManagementGrain>(0).GetHosts(true);
        Assert.Equal((2, 1), (before.Count, after.Count));
        Assert.Equal(JobPhase.Running, (await alone.GetGrain<IJobGrain>(job).Progress(0)).Phase); // its calls still arrive
        await grid.Silos.HealAsync(cut);
        await Assert.ThrowsAnyAsync<OrleansException>(() => alone.GetGrain<IJobGrain>(job).Progress(0));
    }
}
