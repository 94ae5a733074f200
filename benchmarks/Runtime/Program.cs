using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansSgd.Runtime;

// Prints, for each kind of call, the median of seven rounds: nanoseconds and allocated bytes a call.
await using var grid = new InProcessTestClusterBuilder(1).Build();
await grid.DeployAsync();
var factory = grid.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();
var grain = factory.GetGrain<ICounterGrain>("one");
await grain.Add(0);

await Report("call that completes at once", 200_000, async count =>
{
    for (var call = 0; call < count; call++)
    {
        await grain.Add(1);
    }
});
await Report("the same with a result", 200_000, async count =>
{
    for (var call = 0; call < count; call++)
    {
        await grain.AddAndGet(1);
    }
});
await Report("GetGrain and call", 200_000, async count =>
{
    for (var call = 0; call < count; call++)
    {
        await factory.GetGrain<ICounterGrain>("one").Add(1);
    }
});
await Report("call from grain to grain", 200_000, count => factory.GetGrain<ICounterGrain>("two").CallNeighbour("one", count));
await Report("call that yields once", 50_000, async count =>
{
    for (var call = 0; call < count; call++)
    {
        await grain.AddLater(1);
    }
});
await Report("two threads, one grain, empty turns", 100_000, count => Contend(count, spins: 0));
await Report("two threads, one grain, turns of work", 20_000, count => Contend(count, spins: 100));
await Report("the work of such a turn alone", 20_000, count =>
{
    for (var turn = 0; turn < count; turn++)
    {
        Thread.SpinWait(100);
    }

    return Task.CompletedTask;
});

Task Contend(int count, int spins) => Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
{
    for (var call = 0; call < count / 2; call++)
    {
        await grain.Work(spins);
    }
})));

static async Task Report(string what, int count, Func<int, Task> run)
{
    await run(count);
    var times = new List<double>();
    var bytes = 0L;
    for (var round = 0; round < 7; round++)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        await run(count);
        times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    times.Sort();
    Console.WriteLine($"{what,-40} {times[3],9:F0} ns {(double)bytes / count,9:F0} B");
}
