using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Cluster.Tests.Chaos;

/// <summary>A local grid for one test, whose silos come and go, and what a test asks of it.</summary>
internal sealed class ChaosGrid : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private ChaosGrid(LocalGrid silos) => Silos = silos;

    /// <summary>The silos.</summary>
    public LocalGrid Silos { get; }

    public static async Task<ChaosGrid> StartAsync(int silos) => new(await LocalGrid.StartAsync(
        silos,
        options =>
        {
            options.ComputeThreads = 1;
            options.MembershipPollPeriod = TimeSpan.FromMilliseconds(50);
        },
        data: new DataCache()));

    /// <summary>Submits a plan that has no mistakes.</summary>
    /// <returns>The job's id.</returns>
    public async Task<string> SubmitAsync(JobPlan plan)
    {
        SubmitAnswer answer = await Silos.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        Assert.Empty(answer.Mistakes);
        return answer.Job!;
    }

    /// <summary>The job, called through a silo that lives.</summary>
    public IJobGrain Job(string id) => Silos.Grains.GetGrain<IJobGrain>(id);

    /// <summary>Begins the trace of the first job that is submitted.</summary>
    public TraceFile Trace(JobPlan plan, string path) => new(path, new JobTrace(GridGrain.FirstJob(plan), Silos.Cluster));

    /// <summary>Waits until so many tickets are out, or the run is over.</summary>
    public async Task<JobProgress> TicketsOf(string id, long tickets)
    {
        JobProgress progress;
        do
        {
            progress = await Job(id).WaitFor(tickets, eventsSeen: 0);
        }
        while (progress.Tickets < tickets && !progress.IsOver);
        return progress;
    }

    /// <summary>Number of a silo that does not host the coordinator.</summary>
    public async Task<int> MemberOf(string id)
    {
        string coordinator = await Job(id).Silo();
        return Silos.Silos.First(silo => silo.Address != coordinator).Index;
    }

    public ValueTask DisposeAsync() => Silos.DisposeAsync();
}
