using System.Text;
using OrleansSgd.Experiments.Plots;

namespace OrleansSgd.Experiments.Pages;

/// <summary>One section of the page of experiments.</summary>
/// <param name="Letter">Of the study.</param>
/// <param name="Title">The question.</param>
public sealed record StudySection(string Letter, string Title)
{
    private readonly List<(string Name, SvgPlot Plot)> _plots = [];
    private readonly StringBuilder _text = new();

    /// <summary>The plots, by the name of their file.</summary>
    public IReadOnlyList<(string Name, SvgPlot Plot)> Plots => _plots;

    /// <summary>Adds a paragraph.</summary>
    public StudySection Say(string paragraph)
    {
        _text.Append(paragraph).Append("\n\n");
        return this;
    }

    /// <summary>Adds a table.</summary>
    public StudySection Show(MarkdownTable table)
    {
        _text.Append(table).Append('\n');
        return this;
    }

    /// <summary>Adds a plot.</summary>
    /// <param name="name">Of its file, without folder and end.</param>
    public StudySection Show(string name, SvgPlot plot)
    {
        ArgumentNullException.ThrowIfNull(plot);
        _plots.Add((name, plot));
        _text.Append($"![{plot.Title}](experiments/{name}.svg)\n\n");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"## ({Letter}) {Title}\n\n{_text}";
}
