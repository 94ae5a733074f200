using System.Globalization;
using System.Text;

namespace OrleansSgd.Experiments.Plots;

/// <content>Bars, and marks of what happened.</content>
public sealed partial class SvgPlot
{
    private readonly List<PlotMark> _marks = [];

    private bool HasBars => _series.Exists(series => series.BarWidth > 0);

    /// <summary>Adds a mark: a thin line from top to bottom, with its label above it.</summary>
    public void Add(PlotMark mark) => _marks.Add(mark);

    private IEnumerable<double> BarEnds() =>
        _series.Where(series => series.BarWidth > 0).SelectMany(series => series.Points.Select(point => point.X + series.BarWidth));

    private IEnumerable<double> Least() => AcrossLeast is { } least ? [least.Low, least.High] : [];

    private void Marks(StringBuilder svg, PlotScale across)
    {
        foreach (PlotMark mark in _marks.Where(mark => across.Shows(mark.X)))
        {
            string x = PlaceX(across, mark.X).ToString("0.##", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mark\"><title>{Escaped(mark.Words)}</title>");
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" y1=\"{Top}\" x2=\"{x}\" y2=\"{Height - Bottom}\" ");
            svg.Append("stroke=\"#ef4444\" stroke-width=\"1\" stroke-dasharray=\"2 3\"/>");
            if (mark.Label.Length > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"ink\" x=\"{x}\" y=\"{Top - 4}\" text-anchor=\"middle\" font-size=\"10\">");
                svg.Append(Escaped(mark.Label)).Append("</text>");
            }

            svg.Append("</g>\n");
        }
    }

    private static void Bars(StringBuilder svg, PlotSeries series, string colour, PlotScale across, PlotScale up)
    {
        foreach (PlotPoint point in series.Points.Where(point => across.Shows(point.X) && up.Shows(point.Y.Mean)))
        {
            double left = PlaceX(across, point.X);
            double top = PlaceY(up, point.Y.Mean);

            // A hair of space between neighbours; a bar is never so thin that it is not seen.
            double width = Math.Max(1, PlaceX(across, point.X + series.BarWidth) - left - 1);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:0.##}\" y=\"{top:0.##}\" width=\"{width:0.##}\" height=\"{Height - Bottom - top:0.##}\" ");
            svg.Append(CultureInfo.InvariantCulture, $"fill=\"{colour}\" fill-opacity=\".75\"/>\n");
        }
    }
}
