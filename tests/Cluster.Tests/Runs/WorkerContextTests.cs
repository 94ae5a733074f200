using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: where a worker was to be placed goes with the call that starts it, and with none that it makes.</summary>
public sealed class WorkerContextTests
{
    [Fact]
    public async Task Nothing_travels_along_with_what_a_worker_asks()
    {
        var clock = new ContextClock();
        await using LocalGrid grid = await LocalGrid.StartAsync(
            1, options => options.ComputeThreads = 1, services: services => services.AddSingleton<TimeProvider>(clock));

        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(TestGrid.SmallPlan.ToJson());
        JobProgress progress = await TestGrid.EndOf(grid.Grains.GetGrain<IJobGrain>(answer.Job!));

        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.InRange(clock.Readings, progress.Tickets, long.MaxValue);
        Assert.Equal(0, clock.Placed);
    }

    // A worker reads the clock at every step, on its silo's compute thread.
    private sealed class ContextClock : TimeProvider
    {
        private long _readings;
        private long _placed;

        public long Readings => Interlocked.Read(ref _readings);

        public long Placed => Interlocked.Read(ref _placed);

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name?.StartsWith("compute", StringComparison.Ordinal) == true)
            {
                Interlocked.Increment(ref _readings);
                if (RequestContext.Get(IPlacementDirector.PlacementHintKey) is not null)
                {
                    Interlocked.Increment(ref _placed);
                }
            }

            return base.GetTimestamp();
        }
    }
}
