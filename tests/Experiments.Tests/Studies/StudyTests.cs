using System.Xml.Linq;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Studies;

namespace OrleansSgd.Experiments.Tests.Studies;

/// <summary>Goal: a study makes a page that can be read and made again. Method: the quick form of one, twice.</summary>
public sealed class StudyTests
{
    [Fact]
    public void Page_of_a_study_shows_every_plot_and_is_the_same_each_time()
    {
        var options = new ExperimentOptions { IsQuick = true, Seed = 5 };
        IStudy study = Assert.Single(StudyCatalog.Named("b"));
        List<string> told = [];

        var page = new ExperimentPage(options, [study.Run(options, told.Add, default)]);
        string folder = Directory.CreateTempSubdirectory("experiments").FullName;
        IReadOnlyList<string> paths = page.Write(folder);
        string text = File.ReadAllText(paths[0]);
        string[] plots = [.. paths.Skip(1).Select(File.ReadAllText)];
        Directory.Delete(folder, recursive: true);

        Assert.Equal(3, plots.Length);
        Assert.All(plots, plot => Assert.Equal("svg", XDocument.Parse(plot).Root!.Name.LocalName));
        Assert.All(paths.Skip(1), path => Assert.Contains($"(experiments/{Path.GetFileName(path)})", text, StringComparison.Ordinal));
        Assert.Contains("--seed 5 --quick", text, StringComparison.Ordinal);
        Assert.Contains("**Found.**", text, StringComparison.Ordinal);
        Assert.NotEmpty(told);
        Assert.Equal(text, new ExperimentPage(options, [study.Run(options, _ => { }, default)]).ToString());
    }

    [Fact]
    public void Names_are_letters_and_all()
    {
        Assert.Equal(["a", "b", "c", "d", "e", "all"], StudyCatalog.Names);
        Assert.Equal(5, StudyCatalog.Named("all").Count);
        Assert.Empty(StudyCatalog.Named("f"));
    }

    [Fact]
    public void A_study_can_be_interrupted()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => StudyCatalog.Named("a")[0].Run(new ExperimentOptions { IsQuick = true }, _ => { }, cancelled.Token));
    }
}
