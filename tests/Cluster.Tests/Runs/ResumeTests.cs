using Orleans.TestingHost;
using OrleansSgd.Certifier;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: a job outlives its coordinator and its grid. Method: a store that two grids share, and a kill after a checkpoint.</summary>
public sealed class ResumeTests
{
    // Seconds of training where 100 ms pass before the first checkpoint.
    private const int Epochs = 300;

    private readonly string _store = $"memory:{Path.GetRandomFileName()}";

    private static JobPlan Plan(string mode) => TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = mode, Epochs = Epochs, LeaseBatches = 4 } };

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.VarianceBounded)]
    [InlineData(RunPlan.Ssp)]
    public async Task Job_goes_on_from_its_checkpoint_when_its_coordinator_dies_with_its_silo(string mode)
    {
        await using TestGrid grid = await StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(Plan(mode));
        JobProgress before = await CheckpointOf(job, above: 0);

        await grid.Cluster.KillSiloAsync(await grid.SiloOfAsync(job));
        JobProgress ended = await TestGrid.EndOf(grid.Other(job));

        Assert.Null(ended.Error);
        Assert.Equal(JobPhase.Completed, ended.Phase);
        Assert.Equal(Epochs * 2000L, ended.Samples);
        Assert.Equal(1, ended.Resumptions);
        JobEvent resumed = Assert.Single(ended.Events, one => one.Kind == "resumed");
        Assert.True(resumed.Tickets >= before.CheckpointTicket, $"resumed at {resumed.Tickets}, had {before.CheckpointTicket}");
        Assert.True(resumed.TicketsRedone >= 0, "two silos had shards that knew how far they were");
        Assert.Empty(ended.Alarms);
        Assert.True(ended.Events.Last(one => one.Kind == "evaluated").TestAccuracy > 0.9);
    }

    [Fact]
    public async Task Bsp_run_that_is_resumed_ends_with_the_same_bits()
    {
        JobPlan plan = Plan(RunPlan.Bsp);
        await using TestGrid undisturbed = await TestGrid.StartAsync(1);
        (_, byte[] expected) = await undisturbed.RunAsync(plan);

        await using TestGrid grid = await StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(plan);
        await CheckpointOf(job, above: 0);
        await grid.Cluster.KillSiloAsync(await grid.SiloOfAsync(job));
        IJobGrain other = grid.Other(job);
        JobProgress ended = await TestGrid.EndOf(other);

        Assert.Equal((JobPhase.Completed, 1), (ended.Phase, ended.Resumptions));
        Assert.Equal(expected, (await other.Model(0, 4_000_000)).Values.ToArray());
    }

    public static TheoryData<string, RunPlan> Kinds { get; } = new()
    {
        { "async", new RunPlan() },
        { "bsp", new RunPlan { Mode = RunPlan.Bsp } },
        { "variance-bounded", new RunPlan { Mode = RunPlan.VarianceBounded } },
        { "top-k", new RunPlan { Codec = new CodecPlan(CodecPlan.TopK, 0.05) } },
        { "momentum", new RunPlan { Rule = new RulePlan { Kind = RulePlan.Momentum, Decay = 0.5 } } },
        { "one-bit in rounds", new RunPlan { Mode = RunPlan.Bsp, Codec = new CodecPlan(CodecPlan.OneBit) } },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Trace_of_a_run_whose_coordinator_was_lost_certifies(string name, RunPlan run)
    {
        Assert.NotEmpty(name);
        JobPlan plan = TestGrid.SmallPlan with
        {
            Run = run with { Workers = 4, Shards = 4, Batch = 16, Epochs = Epochs, Seed = 11, Rate = new SchedulePlan(Rate: 0.02) },
        };
        string path = Path.GetTempFileName();
        try
        {
            await using TestGrid grid = await StartAsync(3);
            JobProgress ended;
            using (TraceFile trace = grid.Trace(plan, path))
            {
                IJobGrain job = await grid.SubmitAsync(plan);
                await CheckpointOf(job, above: 0);
                await grid.Cluster.KillSiloAsync(await grid.SiloOfAsync(job));
                ended = await TestGrid.EndOf(grid.Other(job));
                await grid.DisposeAsync();
            }

            Certification certified = TraceCertifier.Certify(new CertifyRequest([path]));
            Assert.Equal("", certified.Damage);
            Assert.Empty(certified.Findings);
            Assert.Equal(CertifyVerdict.Holds, certified.Verdict);
            Assert.Equal(ended.Tickets, certified.Tickets);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    public async Task Another_grid_goes_on_with_what_a_lost_one_left(string mode)
    {
        string id;
        long ticket;
        long seen;
        await using (TestGrid lost = await StartAsync(2))
        {
            IJobGrain job = await lost.SubmitAsync(Plan(mode));
            id = job.GetPrimaryKeyString();
            ticket = (await CheckpointOf(job, above: 0)).CheckpointTicket;
            seen = (await job.Progress(0)).Tickets;
            foreach (InProcessSiloHandle silo in lost.Cluster.Silos.ToArray())
            {
                await lost.Cluster.KillSiloAsync(silo);
            }
        }

        await using TestGrid grid = await StartAsync(2);
        Assert.Equal([id], await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).ResumeAll());
        JobProgress ended = await TestGrid.EndOf(grid.Cluster.Client.GetGrain<IJobGrain>(id));

        Assert.Null(ended.Error);
        Assert.Equal((JobPhase.Completed, Epochs * 2000L, 1), (ended.Phase, ended.Samples, ended.Resumptions));
        JobEvent resumed = Assert.Single(ended.Events, one => one.Kind == "resumed");
        Assert.True(resumed.Tickets >= ticket);
        Assert.True(resumed.TicketsRedone >= Math.Max(0, seen - resumed.Tickets), $"{seen} were given, {resumed.TicketsRedone} after {resumed.Tickets} are redone");
        Assert.Empty(ended.Alarms);

        await using TestGrid third = await StartAsync(1);
        IGridGrain door = third.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key);
        Assert.Empty(await door.ResumeAll());
        Assert.Equal([new JobSummary(id, "small", JobPhase.Completed)], await door.List());
        IJobGrain over = third.Cluster.Client.GetGrain<IJobGrain>(id);
        Assert.Equal(ended.Samples, (await TestGrid.EndOf(over)).Samples);
        Assert.False((await over.Model(0, 10)).Values.IsEmpty);
    }

    [Fact]
    public async Task Grid_that_loses_its_job_to_another_one_says_so_and_changes_nothing()
    {
        await using TestGrid first = await StartAsync(1);
        IJobGrain job = await first.SubmitAsync(Plan(RunPlan.Async) with { Run = Plan(RunPlan.Async).Run with { Epochs = 1_000_000 } });
        await CheckpointOf(job, above: 0);

        await using TestGrid second = await StartAsync(1);
        await second.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).ResumeAll();
        IJobGrain taken = second.Cluster.Client.GetGrain<IJobGrain>(job.GetPrimaryKeyString());
        JobProgress outclaimed = await TestGrid.EndOf(job);

        Assert.Equal(JobPhase.Failed, outclaimed.Phase);
        Assert.Contains("Another grid has taken job", outclaimed.Error, StringComparison.Ordinal);
        JobProgress going = await CheckpointOf(taken, above: (await taken.Progress(0)).CheckpointTicket);
        Assert.Equal((JobPhase.Running, 1), (going.Phase, going.Resumptions));
        await taken.Cancel();
    }

    [Fact]
    public async Task A_coordinator_that_stops_with_a_command_under_way_leaves_its_job_to_the_next_one()
    {
        var pauses = new HeldPauses(TimeSpan.FromMilliseconds(50)); // between two tries of a command
        var store = new TroubledStore();
        string id;
        await using (TestGrid stopped = await TestGrid.StartAsync(2, store: store, time: pauses))
        {
            IJobGrain job = await stopped.SubmitAsync(Plan(RunPlan.Async) with { Run = Plan(RunPlan.Async).Run with { Epochs = 1_000_000 } });
            id = job.GetPrimaryKeyString();
            while ((await job.Progress(0)).CheckpointTicket == 0)
            {
                await job.Checkpoint();
            }

            InProcessSiloHandle coordinator = await stopped.SiloOfAsync(job);
            InProcessSiloHandle other = await stopped.SiloWithoutAsync(job);
            pauses.Hold();
            await stopped.Cluster.KillSiloAsync(other); // what it does about that meets calls that fail
            await pauses.First;
            await stopped.Cluster.StopSiloAsync(coordinator);
            pauses.LetGo();
        }

        await using TestGrid grid = await TestGrid.StartAsync(1, store: store);
        Assert.Equal([id], await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).ResumeAll());
        IJobGrain next = grid.Cluster.Client.GetGrain<IJobGrain>(id);
        JobProgress going = await TestGrid.TicketsOf(next, (await TestGrid.TicketsOf(next, 1)).Tickets + 1000);
        Assert.Equal((JobPhase.Running, 1, null), (going.Phase, going.Resumptions, going.Error));
        Assert.DoesNotContain(store.Writes, one => one.Part == EndedJob.PartName); // nor was it tried
        await next.Cancel();
    }

    private Task<TestGrid> StartAsync(int silos) => TestGrid.StartAsync(silos, options =>
    {
        options.Store = _store;
        options.CheckpointPeriod = TimeSpan.FromMilliseconds(100);
    });

    // A checkpoint above a ticket, which work goes on beyond.
    private static async Task<JobProgress> CheckpointOf(IJobGrain job, long above)
    {
        JobProgress progress = await job.Progress(0);
        while (progress.CheckpointTicket <= above && !progress.IsOver)
        {
            progress = await job.WaitFor(progress.Tickets + 100, 0);
        }

        Assert.False(progress.IsOver, $"{progress.Phase} after {progress.Tickets} tickets: {progress.Error} {string.Join(' ', progress.Warnings)}");
        return progress;
    }
}
