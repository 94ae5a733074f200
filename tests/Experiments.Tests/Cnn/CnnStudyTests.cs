using System.Xml.Linq;
using OrleansSgd.Experiments.Cnn;
using OrleansSgd.Experiments.Pages;

namespace OrleansSgd.Experiments.Tests.Cnn;

/// <summary>Goal: the study asks for every setting with every seed and says what came of it. Method: runs that are made up.</summary>
public sealed class CnnStudyTests : IDisposable
{
    private const string Command = "./grid experiment cnn --seed 5";

    private static readonly CnnOptions Options = new() { SeedCount = 2, Seed = 5, Workers = [1, 4], Shares = [0.1, 0.001] };

    private readonly string _folder = Directory.CreateTempSubdirectory("cnn").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_setting_is_run_with_every_seed()
    {
        List<string> told = [];

        List<int> kept = [];
        IReadOnlyList<CnnRun> runs = await RunAsync(told.Add, done => kept.Add(done.Count));

        Assert.Equal(2 * 2 * 5, runs.Count); // seeds × workers × (dense + 2 shares × with and without)
        Assert.Equal(runs.Count, runs.Select(run => (run.Setting, run.Seed)).Distinct().Count());
        Assert.Equal([5ul, 6ul], runs.Select(run => run.Seed).Distinct());
        Assert.Equal(Enumerable.Range(1, runs.Count), kept);
        Assert.Equal(runs.Count, told.Count);
        Assert.Contains(told, line => line.Contains("4 workers, top-k 0.1 %, none, seed 6: Loss is not finite.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Section_has_a_row_a_setting_plots_that_are_whole_and_says_which_is_better()
    {
        StudySection section = CnnSection.Of(Options, await RunAsync(_ => { }), Command, processors: 2);

        string text = section.ToString();
        string[] rows = [.. text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];
        Assert.Equal(2 + (2 * 5), rows.Length);
        Assert.Contains("| 1 of 2 |", rows.Single(row => row.Contains("| 4 | top-k 0.1 %, none |", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(Command, text, StringComparison.Ordinal);
        Assert.Contains("feedback is better in 3 of 4 settings and worse in none of 4", text, StringComparison.Ordinal);
        Assert.Equal(["cnn-loss", "cnn-accuracy", "cnn-bound"], section.Plots.Select(plot => plot.Name));
        Assert.All(section.Plots, plot => Assert.Equal("svg", XDocument.Parse(plot.Plot.ToString()).Root!.Name.LocalName));
        Assert.All(section.Plots, plot => Assert.Contains("<polyline", plot.Plot.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Table_for_programs_has_a_line_a_run_and_nothing_where_nothing_is_known()
    {
        string[] lines = CnnCsv.Text(await RunAsync(_ => { })).TrimEnd('\n').Split('\n');

        string[] names = lines[0].Split(',');
        Assert.Equal(1 + 20, lines.Length);
        Assert.StartsWith("1,1,,5,0.75,", lines[1], StringComparison.Ordinal);
        string[] failed = Assert.Single(lines, line => line.Contains("finite", StringComparison.Ordinal)).Split(',');
        Assert.Equal(names.Length, failed.Length);
        Assert.Equal("", failed[Array.IndexOf(names, "testAccuracy")]);
        Assert.Equal("\"a \"\"b\"\", c\"", CnnCsv.Text([Made(new CnnSetting(1, 1, true), 1) with { Error = "a \"b\", c" }]).TrimEnd()[^12..]);
    }

    [Fact]
    public async Task Section_is_put_into_the_page_and_stays_when_the_others_are_made_again()
    {
        var options = new ExperimentOptions { IsQuick = true };
        ExperimentPage Page(string word) => new(options, [new StudySection("a", "First?").Say(word)]);
        IReadOnlyList<CnnRun> runs = await RunAsync(_ => { });
        StudySection section = CnnSection.Of(Options, runs, Command, processors: 2);
        Page("before").Write(_folder);

        CnnPage.Write(_folder, section, runs);
        IReadOnlyList<string> paths = CnnPage.Write(_folder, section, runs); // twice: it replaces itself
        Page("after").Write(_folder);

        string page = File.ReadAllText(paths[0]);
        Assert.All(paths, path => Assert.True(File.Exists(path), path));
        Assert.Equal(2 + 3, paths.Count);
        Assert.Contains("after", page, StringComparison.Ordinal);
        Assert.DoesNotContain("before", page, StringComparison.Ordinal);
        Assert.Equal(section.ToString().TrimEnd('\n') + "\n", PageSections.Find(page, CnnStudy.Letter));
        Assert.Equal(1, page.Split("\n## (f) ").Length - 1);
        Assert.Equal(1, page.Split("\n## (a) ").Length - 1);
    }

    [Theory]
    [InlineData("# T\n\n## (f) x\n\none\n\n## (g) y\n", "## (f) new\n", "# T\n\n## (f) new\n\n## (g) y\n")]
    [InlineData("## (f) x\n", "## (f) new\n\n", "## (f) new\n")]
    [InlineData("# T\n\ntext (f) and ## (f)\n", "## (f) new\n", "# T\n\ntext (f) and ## (f)\n\n## (f) new\n")]
    public void A_section_is_replaced_or_added(string page, string section, string expected) =>
        Assert.Equal(expected, PageSections.With(page, "f", section));

    [Fact]
    public void An_interrupt_ends_the_study_before_its_next_run()
    {
        using var cancelled = new CancellationTokenSource();
        int made = 0;
        Task study = new CnnStudy(Options).RunAsync(
            (setting, seed, _) =>
            {
                made++;
                cancelled.Cancel();
                return Task.FromResult(Made(setting, seed));
            },
            _ => { },
            _ => { },
            cancelled.Token);

        Assert.True(study.IsCanceled);
        Assert.Equal(1, made);
    }

    [Fact]
    public void Plans_of_all_settings_have_no_mistakes()
    {
        foreach (CnnOptions options in new[] { new CnnOptions(), CnnOptions.Quick })
        {
            Assert.Empty(options.Mistakes());
            Assert.Empty(options.Data.Mistakes("data"));
            Assert.Empty(options.Model.Mistakes("model"));
            Assert.All(options.Settings, setting => Assert.Empty(options.Run(setting, 1).Mistakes()));
        }

        Assert.Equal(
            ["--samples is 100; use 256 to 50000.", "--epochs is 0; use 1 to 1000.", "--seeds is 0; use 1 to 1000."],
            (new CnnOptions { Samples = 100, Epochs = 0, SeedCount = 0 }).Mistakes());
    }

    private static Task<IReadOnlyList<CnnRun>> RunAsync(Action<string> progress, Action<IReadOnlyList<CnnRun>>? keep = null) =>
        new CnnStudy(Options).RunAsync((setting, seed, _) => Task.FromResult(Made(setting, seed)), keep ?? (_ => { }), progress, CancellationToken.None);

    // Feedback is better by far, seeds differ a little, and one run diverges.
    private static CnnRun Made(CnnSetting setting, ulong seed) => new()
    {
        Setting = setting,
        Seed = seed,
        Error = setting is { Workers: 4, Share: 0.001, Feedback: false } && seed == 6 ? "Loss is not finite." : null,
        Curve =
        [
            new CnnPoint(1, 2, 0.2),
            new CnnPoint(2, 1.0 / 3, (setting.IsDense ? 0.75 : setting.Feedback ? 0.5 : 0.25) + (seed == 6 ? 1.0 / 1024 : 0)),
        ],
        Bound = setting.Workers / setting.Share,
        GapMax = 7,
        DelayMean = setting.Workers - 1,
        DelayMax = 2 * setting.Workers,
        BytesPushed = 4e6 * setting.Share,
        BytesPulled = 4e6,
        Updates = 100,
        Seconds = 3,
        CertificateStatus = "STATISTICAL",
        Certificate = 0.5,
    };
}
