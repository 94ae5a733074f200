using OrleansSgd.Dashboard.Tests.Browser;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>Goal: everybody can read the page that a run leaves. Method: a whole one, opened as a file in a real browser, in both themes, wide and narrow.</summary>
[Collection(BrowserTests.Name)]
public sealed class ReportPageTests(Chromium browser) : IDisposable
{
    private const int Narrow = 360;

    private readonly string _folder = Directory.CreateTempSubdirectory("grid-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_report_is_accessible_fits_a_narrow_screen_and_asks_nobody(bool isDark)
    {
        Uri address = ShownReport.Write(_folder);
        await using BrowserPage page = await browser.OpenAsync(address, isDark: isDark);
        await page.KeepPictureAsync($"report-{(isDark ? "dark" : "light")}");

        string[] findings = await page.AccessibilityFindingsAsync();
        int plots = (int)(await page.EvaluateAsync("document.querySelectorAll('figure svg').length"))!;
        await page.ResizeAsync(Narrow, 740);
        int width = (int)(await page.EvaluateAsync("document.documentElement.scrollWidth"))!;
        await page.KeepPictureAsync($"report-{(isDark ? "dark" : "light")}-narrow");

        Assert.Equal(6, plots);
        Assert.Empty(findings);
        Assert.InRange(width, 1, Narrow);
        Assert.Empty(page.Troubles);
        Assert.All(page.Requests, asked => Assert.Equal(address.ToString(), asked));
    }

    [Fact]
    public async Task The_checks_of_a_report_catch_what_is_planted()
    {
        await using BrowserPage page = await browser.OpenAsync(ShownReport.Write(_folder), Narrow, isDark: true);

        await page.EvaluateAsync("document.querySelector('figure svg').removeAttribute('aria-label')");
        Assert.NotEmpty(await page.AccessibilityFindingsAsync());

        await page.EvaluateAsync("document.querySelector('table').style.minWidth = '500px'; document.querySelector('.scroll').classList.remove('scroll')");
        Assert.InRange((int)(await page.EvaluateAsync("document.documentElement.scrollWidth"))!, Narrow + 1, 1000);
    }
}
