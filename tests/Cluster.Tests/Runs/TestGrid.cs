using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.TestingHost;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>A grid of some silos for one test, and what a test asks of it.</summary>
internal sealed class TestGrid : IAsyncDisposable
{
    private readonly DataCache _data = new();

    private TestGrid(int silos, Action<GridOptions>? configure, ICheckpointStore? store, TimeProvider time)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) => silo.Services.AddSingleton(time));
        builder.ConfigureSilo((_, silo) => silo.AddGrid(
            options =>
            {
                options.DataFolder = Path.Combine(RepositoryRoot.Folder, "data");
                options.ComputeThreads = 1;
                options.MembershipPollPeriod = TimeSpan.FromMilliseconds(50);
                configure?.Invoke(options);
                options.DrainDeadline = TimeSpan.Zero; // at the end of a test there is nobody to hand over to
            },
            _data,
            store));
        Cluster = builder.Build();
    }

    /// <summary>The silos.</summary>
    public InProcessTestCluster Cluster { get; }

    /// <summary>A small problem with ten classes that any correct run learns in an epoch or two.</summary>
    public static JobPlan SmallPlan { get; } = new()
    {
        Name = "small",
        Data = new DataPlan { Kind = "synthetic", Shape = "gaussian-mixture", SampleCount = 2000, FeatureCount = 20, Seed = 7 },
        Model = new ModelPlan { Kind = ModelCatalog.Softmax },
        Run = new RunPlan { Workers = 4, Shards = 4, Batch = 16, Epochs = 4, Seed = 11, Rate = new SchedulePlan(Rate: 0.1) },
    };

    public static async Task<TestGrid> StartAsync(int silos, Action<GridOptions>? configure = null, ICheckpointStore? store = null, TimeProvider? time = null)
    {
        var grid = new TestGrid(silos, configure, store, time ?? TimeProvider.System);
        await grid.Cluster.DeployAsync();
        return grid;
    }

    /// <summary>Submits a plan that has no mistakes.</summary>
    public async Task<IJobGrain> SubmitAsync(JobPlan plan)
    {
        SubmitAnswer answer = await Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        Assert.Empty(answer.Mistakes);
        return Cluster.Client.GetGrain<IJobGrain>(answer.Job!);
    }

    /// <summary>Begins the trace of the first job that is submitted.</summary>
    public TraceFile Trace(JobPlan plan, string path)
    {
        IServiceProvider silo = Cluster.GetSiloServiceProvider(Cluster.Silos[0].SiloAddress);
        string cluster = silo.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;
        return new TraceFile(path, new JobTrace(GridGrain.FirstJob(plan), cluster));
    }

    /// <summary>Runs a plan to its end.</summary>
    public async Task<(JobProgress Progress, byte[] Model)> RunAsync(JobPlan plan)
    {
        IJobGrain job = await SubmitAsync(plan);
        JobProgress progress = await EndOf(job);
        return (progress, (await job.Model(0, 4_000_000)).Values.ToArray());
    }

    /// <summary>Waits until so many tickets are out, or the run is over.</summary>
    public static async Task<JobProgress> TicketsOf(IJobGrain job, long tickets)
    {
        JobProgress progress;
        do
        {
            progress = await job.WaitFor(tickets, eventsSeen: 0);
        }
        while (progress.Tickets < tickets && !progress.IsOver);
        return progress;
    }

    /// <summary>Waits until the run is over.</summary>
    public static Task<JobProgress> EndOf(IJobGrain job) => TicketsOf(job, long.MaxValue);

    /// <summary>The silo that hosts no coordinator, so that killing it takes workers and shards only.</summary>
    public async Task<InProcessSiloHandle> SiloWithoutAsync(IJobGrain job)
    {
        string coordinator = await job.Silo();
        return Cluster.Silos.First(silo => silo.SiloAddress.ToParsableString() != coordinator);
    }

    /// <summary>The silo that hosts the coordinator.</summary>
    public async Task<InProcessSiloHandle> SiloOfAsync(IJobGrain job)
    {
        string coordinator = await job.Silo();
        return Cluster.Silos.First(silo => silo.SiloAddress.ToParsableString() == coordinator);
    }

    /// <summary>The same job, called from a silo that lives: a client of the real runtime would wait for its timeout.</summary>
    public IJobGrain Other(IJobGrain job) =>
        Cluster.GetSiloServiceProvider(Cluster.Silos.First(silo => silo.IsActive).SiloAddress)
            .GetRequiredService<IGrainFactory>().GetGrain<IJobGrain>(job.GetPrimaryKeyString());

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();
}
