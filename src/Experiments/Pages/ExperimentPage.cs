using System.Text;
using OrleansSgd.Experiments.Cnn;

namespace OrleansSgd.Experiments.Pages;

/// <summary>docs/experiments.md and its plots.</summary>
/// <param name="Options">What it was made with.</param>
/// <param name="Sections">In the order of their letters.</param>
public sealed record ExperimentPage(ExperimentOptions Options, IReadOnlyList<StudySection> Sections)
{
    /// <summary>Writes the page and its plots; files of the same names are replaced, but for the section that is measured and not simulated.</summary>
    /// <returns>The paths written.</returns>
    public IReadOnlyList<string> Write(string folder)
    {
        string plots = Path.Combine(folder, "experiments");
        Directory.CreateDirectory(plots);
        List<string> paths = [Path.Combine(folder, "experiments.md")];
        string? measured = File.Exists(paths[0]) ? PageSections.Find(File.ReadAllText(paths[0]), CnnStudy.Letter) : null;
        File.WriteAllText(paths[0], measured is null ? ToString() : PageSections.With(ToString(), CnnStudy.Letter, measured));
        foreach ((string name, Plots.SvgPlot plot) in Sections.SelectMany(section => section.Plots))
        {
            paths.Add(Path.Combine(plots, name + ".svg"));
            File.WriteAllText(paths[^1], plot.ToString());
        }

        return paths;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("# Experiments\n\n");
        text.Append("The questions that elastic consistency asks, put to this system: every number here, but for what (f) measures, is made by\n\n");
        text.Append($"```sh\n./grid experiment {Asked()} --seed {Options.Seed}{(Options.IsQuick ? " --quick" : "")} --out docs\n```\n\n");
        text.Append("and comes out the same each time. ");
        text.Append("The runs are simulated: coordinator, workers, shards, codecs, rules and monitor are those of the grid, the gradients are real, ");
        text.Append("and only time is not. Computing takes 8 ms plus an exponential 2 ms, a message 0.3 ms plus 0.3 ms, unless a section says otherwise. ");
        text.Append("x is followed apart from the ledger, so distances, losses and ‖∇f(x)‖² are known exactly. ");
        text.Append($"Figures are means over {Options.SeedCount} seeds with 95 % confidence intervals (Student).");
        text.Append(Options.IsQuick ? " These were made with `--quick`: they show that everything works, not what is true.\n\n" : "\n\n");
        text.Append("Objectives: *quadratic*, d = 24, L = 1, condition 20, Gaussian noise with σ² = 1 for a batch of 4; ");
        text.Append("*logistic*, two clouds in 12 dimensions, 128 rows, l2 0.01, L exact; *network*, 8–12–4 tanh units, 256 rows, not convex, L from secants. ");
        text.Append("Batches of 4 are drawn with replacement. Words and letters are those of [theory.md](theory.md).\n\n");
        text.AppendJoin("", Sections);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private string Asked() => Sections.Count == 1 ? Sections[0].Letter : "all";
}
