using OrleansSgd.Experiments.Statistics;

namespace OrleansSgd.Experiments.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">In the order in which they are joined; a point that cannot be shown breaks the line.</param>
/// <param name="IsDashed">True for what is predicted rather than measured.</param>
/// <param name="BarWidth">Above 0: bars instead of a line, each from its point's X to that plus this.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points, bool IsDashed = false, double BarWidth = 0);

/// <summary>Something that happened at a place of the horizontal axis.</summary>
/// <param name="X">Where.</param>
/// <param name="Label">One or two characters above it; empty for none.</param>
/// <param name="Words">What happened; shown by readers that show titles.</param>
public readonly record struct PlotMark(double X, string Label, string Words);

/// <summary>One point, and the band of its confidence interval.</summary>
/// <param name="X">Across.</param>
/// <param name="Y">Up.</param>
public readonly record struct PlotPoint(double X, Figure Y)
{
    /// <summary>A point without a band.</summary>
    public PlotPoint(double x, double y)
        : this(x, new Figure(y, double.NaN, 1))
    {
    }
}
