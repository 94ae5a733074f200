using System.Globalization;
using OrleansSgd.Core.Membership;
using OrleansSgd.Dashboard.Tests.Browser;
using OrleansSgd.Grains.Contracts;
using Xunit.Abstractions;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>Goal: a page that follows a long run of many workers stays small and smooth. Method: a scripted run of 10 000 steps, faster than any real one.</summary>
[Collection(BrowserTests.Name)]
public sealed class LongRunTests(Chromium browser, ITestOutputHelper output)
{
    private const int Steps = 10_000;
    private const int Workers = 64;
    private const int StepsPerPoll = 25;
    private const long HeapMax = 200 << 20;
    private const int ElementsMax = 5000;

    // The page's process grows by what it draws with, too: caches of fonts, of pictures, of compiled scripts.
    private const long GrowthMax = 200 << 20;

    // What is looked at once a second: how long the frames of that second took, as a user feels it who sees one slow second in a smooth minute.
    private const string CountFrames = """
        {
          window.slowest = Infinity; window.frames = 0; window.began = performance.now();
          let second = 0; let since = window.began;
          const count = (now) => {
            window.frames += 1; second += 1;
            if (now - since >= 1000) { window.slowest = Math.min(window.slowest, 1000 * second / (now - since)); second = 0; since = now; }
            requestAnimationFrame(count);
          };
          requestAnimationFrame(count);
        }
        """;

    [Theory]
    [InlineData("/jobs/tiny-1")]
    [InlineData("/cluster")]
    public async Task Ten_thousand_steps_of_sixty_four_workers_stay_within_bounds(string path)
    {
        long polls = 0;
        string[] silos = [.. Enumerable.Range(0, 4).Select(ScriptedGrid.Script.AddressOf)];
        var script = new ScriptedGrid.Script
        {
            Silos = [.. silos],
            Progress = (_, _) =>
            {
                long poll = Math.Min(Interlocked.Increment(ref polls), Steps / StepsPerPoll);
                return ShownGrid.Progress(poll) with
                {
                    Tickets = poll * StepsPerPoll,
                    WorkersLive = Workers,
                    Phase = poll < Steps / StepsPerPoll ? JobPhase.Running : JobPhase.Completed,
                    Events = poll % 4 == 0 ? [new JobEvent("evaluated", poll, poll, 1, 0.4, 0.9)] : [],
                };
            },

            // Somebody moves in every picture: worse than any run.
            Members = _ => Moved(ScriptedGrid.Script.Placed(8, Workers, silos), (int)Interlocked.Read(ref polls)),
        };
        await using PageServer server = await PageServer.StartAsync(
            ScriptedGrid.Options(script) with { WatchedPeriod = TimeSpan.FromMilliseconds(5), IdlePeriod = TimeSpan.FromMilliseconds(5) });
        await using BrowserPage page = await browser.OpenAsync(server[path]);
        long before = await browser.MemoryOfPagesAsync();
        await page.EvaluateAsync(CountFrames);

        await page.UntilAsync(
            path == "/cluster"
                ? "Number(document.querySelector('#moves').firstElementChild?.value ?? 0) >= 300"
                : "document.querySelector('#phase').textContent === 'completed'",
            "the end of the run");
        double perSecond = (double)(await page.EvaluateAsync("1000 * window.frames / (performance.now() - window.began)"))!;
        long heap = (long)(double)(await page.EvaluateAsync("performance.memory.usedJSHeapSize"))!;
        double slowest = (double?)await page.EvaluateAsync("Number.isFinite(window.slowest) ? window.slowest : null") ?? perSecond;
        long growth = await browser.MemoryOfPagesAsync() - before;
        int elements = (int)(await page.EvaluateAsync("document.querySelectorAll('*').length"))!;
        await page.KeepPictureAsync($"long-run{path.Replace('/', '-')}");

        // How smooth it is depends on the machine: it is said, and written down for whoever compares.
        string figures = string.Create(
            CultureInfo.InvariantCulture, $"{path}: {perSecond:F1} frames per second, {slowest:F1} in the slowest second, {heap / 1e6:F1} MB of script heap, process grown by {growth / 1e6:F1} MB, {elements} elements");
        output.WriteLine(figures);
        await File.AppendAllTextAsync(Path.Combine(Screenshots.Folder, "long-run.txt"), figures + "\n");
        Assert.InRange(heap, 1, HeapMax);
        Assert.InRange(growth, long.MinValue, GrowthMax);
        Assert.InRange(elements, 1, ElementsMax);
        Assert.Empty(page.Troubles);
    }

    private static JobMembers Moved(JobMembers members, int step)
    {
        int worker = step % Workers;
        MemberPlace other = members.Workers[(worker + 1) % Workers];
        members.Workers[worker] = new MemberPlace(other.Silo, step, MemberState.Live);
        return members;
    }
}
