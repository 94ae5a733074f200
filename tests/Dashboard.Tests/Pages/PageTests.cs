using System.Text.Json.Nodes;
using OrleansSgd.Dashboard.Security;
using OrleansSgd.Dashboard.Tests.Browser;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>Goal: everybody can use the pages. Method: each in a real browser over a scripted grid, in both themes, wide, narrow, and by keyboard.</summary>
[Collection(BrowserTests.Name)]
public sealed class PageTests(Chromium browser)
{
    private const int Narrow = 360;

    // What must be on the page before it is looked at.
    private static readonly Dictionary<string, string> Full = new()
    {
        ["/"] = "document.querySelectorAll('#jobs tr').length === 3",
        ["/jobs/tiny-1"] = "document.querySelectorAll('#events tr').length === 4 && document.querySelectorAll('.uplot').length === 5",
        ["/jobs/tiny-1/trace"] = "document.querySelectorAll('#rows tr').length === 11",
        ["/cluster"] = "document.querySelectorAll('.member.worker').length >= 8",
        ["/sign-in"] = "document.querySelector('#theme').textContent.includes('system')",
    };

    public static TheoryData<string, bool> PagesAndThemes
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string page in Full.Keys)
            {
                data.Add(page, false);
                data.Add(page, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PagesAndThemes))]
    public async Task A_page_is_accessible_fits_a_narrow_screen_and_asks_nobody_else(string path, bool isDark)
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()));
        await using BrowserPage page = await browser.OpenAsync(server[path], isDark: isDark);
        await page.UntilAsync(Full[path], $"{path} in full");

        string name = $"{(path == "/" ? "jobs" : path.Trim('/').Replace('/', '-'))}-{(isDark ? "dark" : "light")}";
        await page.KeepPictureAsync(name);
        string[] findings = await page.AccessibilityFindingsAsync();
        await page.ResizeAsync(Narrow, 740);
        int width = await WidthAsync(page);
        await page.KeepPictureAsync(name + "-narrow");

        Assert.Empty(findings);
        Assert.InRange(width, 1, Narrow);
        Assert.Empty(page.Troubles);
        Assert.All(page.Requests, address => Assert.StartsWith(server.Address.ToString(), address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_checks_of_a_page_catch_what_is_planted()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()));
        await using BrowserPage page = await browser.OpenAsync(server["/cluster"], Narrow);
        await page.UntilAsync(Full["/cluster"], "the cluster in full");

        await page.EvaluateAsync("document.querySelector('main').append(document.createElement('img'))");
        Assert.Contains(await page.AccessibilityFindingsAsync(), finding => finding.StartsWith("image-alt", StringComparison.Ordinal));

        await page.EvaluateAsync("document.querySelector('main').style.minWidth = '500px'");
        Assert.InRange(await WidthAsync(page), Narrow + 1, 1000);

        await page.EvaluateAsync(
            "{ const planted = document.createElement('script'); planted.textContent = 'window.planted = 1'; document.body.append(planted); }");
        Assert.False((bool)(await page.EvaluateAsync("'planted' in window"))!);
        Assert.NotEmpty(page.Troubles);
    }

    [Fact]
    public async Task The_checks_catch_faint_text_in_the_dark_and_what_no_key_reaches()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()));
        await using BrowserPage page = await browser.OpenAsync(server["/jobs/tiny-1"], isDark: true);
        await page.UntilAsync(Full["/jobs/tiny-1"], "the job in full");

        // Readable on white, not on the dark ground.
        await page.EvaluateAsync("document.querySelector('#sentence').style.color = '#444'");
        Assert.Contains(await page.AccessibilityFindingsAsync(), finding => finding.StartsWith("color-contrast", StringComparison.Ordinal));

        await page.EvaluateAsync("document.querySelector('#trace').tabIndex = -1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => TabToAsync(page, "One update's trace"));
    }

    [Fact]
    public async Task What_a_job_is_called_is_text_and_never_markup()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()));
        await using BrowserPage page = await browser.OpenAsync(server["/"]);
        await page.UntilAsync(Full["/"], "the jobs in full");

        Assert.Contains("<script>alert(1)</script>-1", await page.TextAsync("#jobs"), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await page.EvaluateAsync("document.querySelectorAll('#jobs script').length"))!);
    }

    [Fact]
    public async Task Everything_can_be_reached_and_done_by_keyboard()
    {
        ScriptedGrid.Script script = ShownGrid.Script();
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(script));
        await using BrowserPage page = await browser.OpenAsync(server["/"]);
        await page.UntilAsync(Full["/"], "the jobs in full");

        await page.PressAsync("Tab", 9);
        Assert.Equal("Skip to content", await FocusedAsync(page));
        await page.PressAsync("Enter", 13);
        await page.UntilAsync("document.activeElement.id === 'main'", "focus on the content");
        await TabToAsync(page, "tiny-1");
        await page.PressAsync("Enter", 13);
        await page.UntilAsync("document.querySelector('#cancel') && !document.querySelector('#cancel').hidden", "the job's page with what may be ordered");

        await TabToAsync(page, "Cancel…");
        await page.PressAsync("Enter", 13);
        await page.UntilAsync("document.querySelector('#sure').open && document.activeElement.id === 'sure-no'", "the question, with the harmless answer in focus");
        await page.PressAsync("Escape", 27);
        await page.UntilAsync("!document.querySelector('#sure').open && document.activeElement.id === 'cancel'", "the question gone and the focus back");
        Assert.Empty(script.Orders);

        await TabToAsync(page, "Pause", backwards: true);
        await page.PressAsync("Enter", 13);
        await page.UntilAsync("document.querySelector('#order').textContent === 'Done.'", "the order done");
        Assert.Equal(["Pause tiny-1"], script.Orders);
    }

    [Fact]
    public async Task The_theme_button_goes_round_and_is_remembered()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()));
        await using BrowserPage page = await browser.OpenAsync(server["/cluster"]);
        const string Ground = "getComputedStyle(document.body).backgroundColor";
        string light = (string)(await page.EvaluateAsync(Ground))!;

        await page.ClickAsync("#theme");
        await page.ClickAsync("#theme");
        string dark = (string)(await page.EvaluateAsync(Ground))!;
        await page.GoAsync(server["/jobs/tiny-1"]);

        Assert.NotEqual(light, dark);
        Assert.Equal(dark, (string)(await page.EvaluateAsync(Ground))!);
        await page.UntilAsync("document.querySelector('#theme').textContent === 'Theme: dark'", "the theme's name");
    }

    [Fact]
    public async Task Who_may_only_read_is_offered_no_orders_and_who_is_not_known_is_asked_to_sign_in()
    {
        await using PageServer server = await PageServer.StartAsync(ScriptedGrid.Options(ShownGrid.Script()) with
        {
            RoleOf = token => token == "reads-and-nothing-else" ? DashboardRole.Read : DashboardRole.None,
        });
        await using BrowserPage page = await browser.OpenAsync(server["/jobs/tiny-1"]);

        Assert.Equal("/sign-in", (string?)await page.EvaluateAsync("location.pathname"));
        await page.EvaluateAsync("{ document.querySelector('#token').value = 'reads-and-nothing-else'; document.querySelector('form').submit(); }");
        await page.UntilAsync("location.pathname === '/' && document.querySelectorAll('#jobs tr').length === 3", "the jobs");
        await page.GoAsync(server["/jobs/tiny-1"]);
        await page.UntilAsync(Full["/jobs/tiny-1"], "the job in full");

        // The role comes with an answer of its own, after which the buttons would be there.
        Assert.Equal("read", (string?)await page.EvaluateAsync("fetch('/api/about').then(answer => answer.json()).then(known => known.role)"));
        await page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.True((bool)(await page.EvaluateAsync("document.querySelector('#cancel').hidden && document.querySelector('#pause').hidden"))!);
    }

    private static async Task<int> WidthAsync(BrowserPage page)
    {
        // The plots follow a change of width in the next frames.
        JsonNode? width = await page.EvaluateAsync(
            "new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(document.documentElement.scrollWidth))), 100))");
        return (int)width!;
    }

    private static async Task TabToAsync(BrowserPage page, string text, bool backwards = false)
    {
        const int FarthestStop = 40;
        for (int i = 0; i < FarthestStop; i++)
        {
            await page.PressAsync("Tab", 9, isShifted: backwards);
            if (await FocusedAsync(page) == text)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The keyboard does not reach '{text}'.");
    }

    private static async Task<string> FocusedAsync(BrowserPage page) => (string?)await page.EvaluateAsync("document.activeElement.textContent.trim()") ?? "";
}
