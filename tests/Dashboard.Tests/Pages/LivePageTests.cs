using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Dashboard.Tests.Browser;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>Goal: what happens to a real run is seen while it happens. Method: silos of this process train, a browser looks, a silo is killed.</summary>
[Collection(BrowserTests.Name)]
public sealed class LivePageTests(Chromium browser)
{
    // It ends when the test ends it.
    private static readonly JobPlan Endless = new()
    {
        Name = "live",
        Data = new DataPlan { Kind = "synthetic", Shape = "gaussian-mixture", SampleCount = 2000, FeatureCount = 20, Seed = 7 },
        Model = new ModelPlan { Kind = ModelCatalog.Softmax },
        Run = new RunPlan { Workers = 2, Shards = 2, Batch = 16, Epochs = 1_000_000, Seed = 11, Rate = new SchedulePlan(Rate: 0.1) },
    };

    private const string Picture = "document.querySelector('.uplot canvas').toDataURL()";

    [Fact]
    public async Task Plots_move_while_a_job_trains_its_updates_can_be_looked_into_and_it_can_be_ended()
    {
        await using LocalGrid grid = await GridAsync(1);
        string job = await SubmitAsync(grid);
        await using PageServer server = await PageServer.StartAsync(Options(grid));
        await using BrowserPage page = await browser.OpenAsync(server[$"/jobs/{job}"]);

        await page.UntilAsync("document.querySelector('#phase').textContent === 'running'", "a running job");
        await page.EvaluateAsync($"window.first = {Picture}");
        await page.UntilAsync($"window.first !== {Picture}", "a plot that moves");
        await page.GoAsync(server[$"/jobs/{job}/trace"]);
        await page.UntilAsync("['push to shard 0', 'push to shard 1', 'ticket', 'gradient'].every(part => document.querySelector('#rows').textContent.includes(part))", "an update's parts");
        await page.KeepPictureAsync("live-trace");
        await page.GoAsync(server[$"/jobs/{job}"]);
        await page.UntilAsync("!document.querySelector('#cancel').hidden", "the button that ends the job");
        await page.ClickAsync("#cancel");
        await page.ClickAsync("#sure-yes");
        await page.UntilAsync("document.querySelector('#phase').textContent === 'cancelled'", "the job's end");
        await page.KeepPictureAsync("live-job");

        Assert.Empty(page.Troubles);
        Assert.Equal(JobPhase.Cancelled, (await grid.Grains.GetGrain<IJobGrain>(job).Progress(0)).Phase);
    }

    [Fact]
    public async Task A_killed_silo_and_the_moves_it_causes_are_on_the_map_and_in_the_log()
    {
        await using LocalGrid grid = await GridAsync(2);
        string job = await SubmitAsync(grid);
        await using PageServer server = await PageServer.StartAsync(Options(grid));
        await using BrowserPage map = await browser.OpenAsync(server["/cluster"]);
        await map.UntilAsync("document.querySelectorAll('.silo').length === 2 && document.querySelectorAll('.member.live').length === 4", "two silos with members that live");
        string coordinator = await grid.Grains.GetGrain<IJobGrain>(job).Silo();
        LocalSilo victim = grid.Silos.First(silo => silo.Address != coordinator);

        await grid.KillAsync(victim.Index);

        await map.UntilAsync("document.querySelectorAll('.silo').length === 1 && document.querySelectorAll('.member.live').length === 4", "one silo with all members");
        await map.UntilAsync($"document.querySelector('#moves').textContent.includes('from {victim.Address}')", "the moves");
        await map.KeepPictureAsync("live-cluster-after-a-kill");
        await map.GoAsync(server[$"/jobs/{job}"]);
        await map.UntilAsync($"document.querySelector('#events').textContent.includes('Silo {victim.Address} left')", "the event");
        await grid.Grains.GetGrain<IJobGrain>(job).Cancel();

        Assert.Empty(map.Troubles);
    }

    [Fact]
    public async Task A_page_whose_connection_breaks_says_so_and_comes_back_by_itself()
    {
        long asked = 0;
        ScriptedGrid.Script script = ShownGrid.Script();
        script.Progress = (_, _) => ShownGrid.Progress(Interlocked.Increment(ref asked));
        int port;
        BrowserPage page;
        await using (PageServer first = await PageServer.StartAsync(ScriptedGrid.Options(script)))
        {
            port = first.Address.Port;
            page = await browser.OpenAsync(first["/jobs/tiny-1"]);
            await page.UntilAsync("document.querySelector('#connection').textContent === 'Live' && document.querySelector('#phase').textContent === 'running'", "a live page");
        }

        await using BrowserPage open = page;
        await page.UntilAsync("document.querySelector('#connection').classList.contains('lost')", "the loss, in words");
        string before = await page.TextAsync("#figures");
        await using PageServer second = await PageServer.StartAsync(ScriptedGrid.Options(script), port);
        await page.UntilAsync("document.querySelector('#connection').textContent === 'Live'", "the connection back");
        await page.UntilAsync($"document.querySelector('#figures').innerText !== {System.Text.Json.JsonSerializer.Serialize(before)}", "newer figures");
    }

    private static Task<LocalGrid> GridAsync(int silos) => LocalGrid.StartAsync(
        silos,
        options =>
        {
            options.ComputeThreads = 1;
            options.MembershipPollPeriod = TimeSpan.FromMilliseconds(50);
        },
        data: new DataCache());

    private static DashboardOptions Options(LocalGrid grid) => new() { Grains = () => grid.Grains, WatchedPeriod = TimeSpan.FromMilliseconds(200) };

    private static async Task<string> SubmitAsync(LocalGrid grid)
    {
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(Endless.ToJson());
        Assert.Empty(answer.Mistakes);
        return answer.Job!;
    }
}
