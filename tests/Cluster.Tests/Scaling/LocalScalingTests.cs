using System.Text.Json;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Cluster.Tests.Scaling;

/// <summary>Goal: a grid of one process grows while there is much to do and shrinks when there is not. Method: the real thing, all of it.</summary>
public sealed class LocalScalingTests
{
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(10);

    // Only keeps a defect from hanging the suite.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Silos_come_for_work_and_go_with_it()
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, options => options.ComputeThreads = 1);
        var grown = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var shrunk = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(
            (TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 } }).ToJson());
        ScalingOptions options = new()
        {
            Port = 0,
            Period = TimeSpan.FromMilliseconds(200),

            // Whatever a silo brings on a machine that has no processor left for it, it is worth it here.
            Plan = new() { SilosMax = 2, GainMin = 0, CoolDown = TimeSpan.FromSeconds(1), DrainTime = TimeSpan.FromSeconds(1) },
        };
        await using GridScaling scaling = await GridScaling.StartAsync(() => grid.Grains, options, async wanted =>
        {
            await grid.ScaleToAsync(wanted, LeaveTime);
            (wanted == 2 ? grown : shrunk).TrySetResult(grid.Silos.Count);
        });

        Assert.Equal(2, await grown.Task.WaitAsync(PatienceMax));
        using var client = new HttpClient();
        using var told = JsonDocument.Parse(await client.GetStringAsync(scaling.Address));
        Assert.InRange(told.RootElement.GetProperty("wanted").GetInt32(), 1, 2);
        await grid.Grains.GetGrain<IJobGrain>(answer.Job!).Cancel();
        Assert.Equal(1, await shrunk.Task.WaitAsync(PatienceMax));
    }
}
