using OrleansSgd.Dashboard.Tests.Browser;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Testing;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>Goal: the documents show the pages as they are. Method: each is taken again under artifacts/screenshots/docs; docs/images/renew.sh takes them over.</summary>
[Collection(BrowserTests.Name)]
public sealed class PictureTests(Chromium browser) : IDisposable
{
    private const int Width = 960;
    private const int Height = 900;
    private const int HeightOfReport = 1100; // down to its first plots

    // They are in every clone for ever.
    private const long SizeMax = 150_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("grid-pictures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("job", false)]
    [InlineData("job", true)]
    [InlineData("cluster", false)]
    [InlineData("cluster", true)]
    [InlineData("report", false)]
    [InlineData("report", true)]
    public async Task The_documents_have_a_small_picture_of_each_page_in_both_themes(string name, bool isDark)
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(InTheMiddle()));
        (Uri address, string whole) = name switch
        {
            "job" => (server["/jobs/tiny-1"], "document.querySelectorAll('#events tr').length === 4 && document.querySelectorAll('.uplot').length === 5"),
            "cluster" => (server["/cluster"], "document.querySelectorAll('.member.worker').length >= 8"),
            _ => (ShownReport.Write(_folder), "document.querySelectorAll('figure svg').length === 6"),
        };
        await using BrowserPage page = await browser.OpenAsync(address, Width, name == "report" ? HeightOfReport : Height, isDark);
        await page.UntilAsync(whole, $"the {name} in full");
        await page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

        string file = $"{name}-{(isDark ? "dark" : "light")}";
        long size = await page.KeepPictureAsync(Path.Combine("docs", file), isWhole: false);
        var committed = new FileInfo(RepositoryRoot.PathOf($"docs/images/{file}.png"));

        Assert.InRange(size, 5_000, SizeMax);
        Assert.True(committed.Exists, $"{committed.FullName} is missing; docs/images/renew.sh makes it.");
        Assert.InRange(committed.Length, 5_000, SizeMax);
    }

    // Curves that have something to show from the first moment on.
    private static ScriptedGrid.Script InTheMiddle()
    {
        const int Before = 160;
        const double Stretch = 30; // its events are those of the first second
        ScriptedGrid.Script script = ShownGrid.Script();
        Func<string, long, JobProgress> shown = script.Progress;
        script.Curve = [.. Enumerable.Range(1, Before).Select(poll => JobPoint.Of(ShownGrid.Progress(poll)))];
        script.Progress = (job, asked) =>
        {
            JobProgress now = shown(job, asked);
            JobEvent[] spread = [.. now.Events.Select(one => one with { Seconds = Stretch * one.Seconds, Tickets = (long)(Stretch * one.Tickets) })];
            return ShownGrid.Progress(Before + asked) with { Events = spread, EventsEnd = now.EventsEnd };
        };
        return script;
    }
}
