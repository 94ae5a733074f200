using System.Globalization;
using System.Text;

namespace OrleansSgd.Experiments.Plots;

/// <summary>A plot as SVG: lines with bands of error, bars, marks of what happened, logarithmic axes, a legend.</summary>
/// <remarks>
/// Text only: no scripts, no fonts or images from elsewhere. It is read on white and on black: lines have colours that are seen on both, the
/// background is clear, and words follow the reader's colour scheme. Equal plots make equal bytes.
/// </remarks>
public sealed partial class SvgPlot
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Left = 84;
    private const int Right = 20;
    private const int Top = 44;
    private const int Bottom = 56;
    private const int LegendLine = 18;

    // Told apart by brightness too, for those who do not see colours.
    private static readonly string[] Colours = ["#3b82f6", "#f97316", "#10b981", "#a855f7", "#ef4444", "#0891b2", "#ca8a04", "#db2777", "#64748b"];

    private readonly List<PlotSeries> _series = [];

    /// <param name="title">What is seen.</param>
    /// <param name="across">What the horizontal axis counts, with its unit.</param>
    /// <param name="up">The same for the vertical one.</param>
    public SvgPlot(string title, string across, string up)
    {
        Title = title;
        Across = across;
        Up = up;
    }

    /// <summary>What is seen.</summary>
    public string Title { get; }

    /// <summary>Name of the horizontal axis.</summary>
    public string Across { get; }

    /// <summary>Name of the vertical axis.</summary>
    public string Up { get; }

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool IsLogarithmicAcross { get; init; }

    /// <summary>Whether the vertical axis is.</summary>
    public bool IsLogarithmicUp { get; init; }

    /// <summary>Whether a linear vertical axis begins at 0; else where the values do.</summary>
    public bool StartsAtZero { get; init; } = true;

    /// <summary>What the horizontal axis shows at least, so that plots of one run stand above one another; null for the points alone.</summary>
    public (double Low, double High)? AcrossLeast { get; init; }

    /// <summary>Adds a line, or bars; they take colours in turn.</summary>
    public void Add(PlotSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        _series.Add(series);
    }

    /// <summary>The document.</summary>
    public override string ToString()
    {
        PlotPoint[] points = [.. _series.SelectMany(series => series.Points)];
        var across = PlotScale.Of(points.Select(point => point.X).Concat(BarEnds()).Concat(Least()), IsLogarithmicAcross);
        var up = PlotScale.Of(
            points.SelectMany(point => new[] { point.Y.Mean, point.Y.Low, point.Y.High }), IsLogarithmicUp, StartsAtZero || HasBars);
        int height = Height + (((_series.Count + 2) / 3) * LegendLine);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" role=\"img\" ");
        svg.Append(CultureInfo.InvariantCulture, $"aria-label=\"{Escaped(Title)}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<style>.ink{fill:#333}.rule{stroke:#333}.grid{stroke:#888;stroke-opacity:.25}");
        svg.Append("@media (prefers-color-scheme:dark){.ink{fill:#ddd}.rule{stroke:#ddd}}</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escaped(Title)}</title>\n");
        Words(svg, Width / 2.0, 22, "middle", Title, " font-size=\"15\"");
        Axes(svg, across, up);
        Marks(svg, across);
        for (int i = 0; i < _series.Count; i++)
        {
            Line(svg, _series[i], Colours[i % Colours.Length], across, up);
            Legend(svg, i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private void Axes(StringBuilder svg, PlotScale across, PlotScale up)
    {
        foreach (double tick in across.Ticks)
        {
            double x = PlaceX(across, tick);
            Rule(svg, "grid", x, Top, x, Height - Bottom);
            Words(svg, x, Height - Bottom + 18, "middle", PlotScale.Label(tick));
        }

        foreach (double tick in up.Ticks)
        {
            double y = PlaceY(up, tick);
            Rule(svg, "grid", Left, y, Width - Right, y);
            Words(svg, Left - 8, y + 4, "end", PlotScale.Label(tick));
        }

        Rule(svg, "rule", Left, Height - Bottom, Width - Right, Height - Bottom);
        Rule(svg, "rule", Left, Top, Left, Height - Bottom);
        Words(svg, (Left + Width - Right) / 2.0, Height - Bottom + 40, "middle", Across);
        double middle = (Top + Height - Bottom) / 2.0;
        Words(svg, 20, middle, "middle", Up, string.Create(CultureInfo.InvariantCulture, $" transform=\"rotate(-90 20 {middle:0.##})\""));
    }

    private static void Line(StringBuilder svg, PlotSeries series, string colour, PlotScale across, PlotScale up)
    {
        if (series.BarWidth > 0)
        {
            Bars(svg, series, colour, across, up);
            return;
        }

        foreach (List<PlotPoint> run in Runs(series.Points, across, up))
        {
            PlotPoint[] banded = [.. run.Where(point => !double.IsNaN(point.Y.HalfWidth))];
            if (banded.Length > 1)
            {
                svg.Append("<polygon points=\"");
                Points(svg, banded.Select(point => (point.X, point.Y.High)), across, up);
                svg.Append(' ');
                Points(svg, banded.Reverse().Select(point => (point.X, point.Y.Low)), across, up);
                svg.Append(CultureInfo.InvariantCulture, $"\" fill=\"{colour}\" fill-opacity=\".18\"/>\n");
            }

            svg.Append("<polyline points=\"");
            Points(svg, run.Select(point => (point.X, point.Y.Mean)), across, up);
            svg.Append(CultureInfo.InvariantCulture, $"\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{Dash(series)}/>\n");
            foreach (PlotPoint point in run.Count <= 12 && !series.IsDashed ? run : [])
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{PlaceX(across, point.X):0.##}\" cy=\"{PlaceY(up, point.Y.Mean):0.##}\" r=\"3\" fill=\"{colour}\"/>\n");
            }
        }
    }

    private static IEnumerable<List<PlotPoint>> Runs(IEnumerable<PlotPoint> points, PlotScale across, PlotScale up)
    {
        List<PlotPoint> run = [];
        foreach (PlotPoint point in points)
        {
            if (across.Shows(point.X) && up.Shows(point.Y.Mean))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static void Points(StringBuilder svg, IEnumerable<(double X, double Y)> points, PlotScale across, PlotScale up) => svg.AppendJoin(
        ' ',
        points.Select(point => string.Create(
            CultureInfo.InvariantCulture, $"{PlaceX(across, point.X):0.##},{PlaceY(up, up.Shows(point.Y) ? point.Y : up.Ticks[0]):0.##}")));

    private void Legend(StringBuilder svg, int index)
    {
        double x = Left + (index % 3 * ((Width - Left - Right) / 3.0));
        double y = Height + (index / 3 * LegendLine);
        string colour = Colours[index % Colours.Length];
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:0.##}\" y1=\"{y - 4:0.##}\" x2=\"{x + 22:0.##}\" y2=\"{y - 4:0.##}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"stroke=\"{colour}\" stroke-width=\"2\"{Dash(_series[index])}/>\n");
        Words(svg, x + 28, y, "start", _series[index].Name);
    }

    private static string Dash(PlotSeries series) => series.IsDashed ? " stroke-dasharray=\"6 4\"" : "";

    private static void Rule(StringBuilder svg, string kind, double x1, double y1, double x2, double y2) => svg.Append(
        CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"/>\n");

    private static void Words(StringBuilder svg, double x, double y, string anchor, string words, string more = "") => svg.Append(
        CultureInfo.InvariantCulture, $"<text class=\"ink\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\"{more}>{Escaped(words)}</text>\n");

    private static double PlaceX(PlotScale scale, double x) => Left + (Math.Clamp(scale.PlaceOf(x), 0, 1) * (Width - Left - Right));

    private static double PlaceY(PlotScale scale, double y) => Height - Bottom - (Math.Clamp(scale.PlaceOf(y), 0, 1) * (Height - Top - Bottom));

    private static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
