using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;

namespace OrleansSgd.Experiments.Cnn;

/// <summary>Puts the section into the page of experiments, and table and plots beside it.</summary>
public static class CnnPage
{
    /// <summary>Writes; files of the same names are replaced, the page's other sections are kept.</summary>
    /// <param name="folder">Where experiments.md lies, or is to lie.</param>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Write(string folder, StudySection section, IEnumerable<CnnRun> runs)
    {
        ArgumentNullException.ThrowIfNull(section);
        string page = Path.Combine(folder, "experiments.md");
        List<string> paths = [page, Write(folder, runs)];
        File.WriteAllText(page, PageSections.With(File.Exists(page) ? File.ReadAllText(page) : "# Experiments\n", section.Letter, section.ToString()));
        foreach ((string name, SvgPlot plot) in section.Plots)
        {
            paths.Add(Path.Combine(PlotsOf(folder), name + ".svg"));
            File.WriteAllText(paths[^1], plot.ToString());
        }

        return paths;
    }

    /// <summary>Writes the table alone, as far as there are runs.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, IEnumerable<CnnRun> runs)
    {
        string path = Path.Combine(Directory.CreateDirectory(PlotsOf(folder)).FullName, "cnn.csv");
        File.WriteAllText(path, CnnCsv.Text(runs));
        return path;
    }

    private static string PlotsOf(string folder) => Path.Combine(folder, "experiments");
}
