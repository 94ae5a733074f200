using System.Globalization;
using System.Xml.Linq;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;

namespace OrleansSgd.Experiments.Tests.Plots;

/// <summary>Goal: every plot opens anywhere and shows what it was given. Method: the document is parsed, and values are looked up in it.</summary>
public sealed class SvgPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Any_points_make_a_whole_document_whose_places_lie_on_the_paper()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var random = new SeededRandom(seed);
            XElement svg = Parsed(RandomPlot(random));

            foreach (XElement line in svg.Descendants(Svg + "polyline").Concat(svg.Descendants(Svg + "polygon")))
            {
                foreach (string place in line.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    double[] xy = [.. place.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
                    Assert.True(xy[0] is >= 0 and <= 720 && xy[1] is >= 0 and <= 420, $"seed {seed}: {place}");
                }
            }
        }
    }

    [Fact]
    public void A_point_stands_where_the_axes_say()
    {
        var plot = new SvgPlot("t", "x", "y");
        plot.Add(new PlotSeries("line", [new(0, 0), new(10, 10)]));

        string points = Assert.Single(Parsed(plot).Descendants(Svg + "polyline")).Attribute("points")!.Value;

        // Both axes run from 0 to 10 between the margins.
        Assert.Equal("84,364 700,44", points);
    }

    [Fact]
    public void A_value_that_a_logarithmic_axis_cannot_show_breaks_the_line_instead_of_bending_it()
    {
        var plot = new SvgPlot("t", "x", "y") { IsLogarithmicUp = true };
        plot.Add(new PlotSeries("line", [new(1, 1), new(2, 10), new(3, 0), new(4, 10), new(5, double.NaN), new(6, 100)]));

        Assert.Equal([2, 1, 1], Parsed(plot).Descendants(Svg + "polyline").Select(line => line.Attribute("points")!.Value.Split(' ').Length));
    }

    [Fact]
    public void Words_with_special_characters_come_out_as_they_are()
    {
        var plot = new SvgPlot("a < b & \"c\"", "α → 0", "‖∇f‖²");
        plot.Add(new PlotSeries("k/d = <1 %>", [new(1, 1)]));

        string[] words = [.. Parsed(plot).Descendants(Svg + "text").Select(text => text.Value)];
        Assert.Contains("a < b & \"c\"", words);
        Assert.Contains("k/d = <1 %>", words);
        Assert.Contains("‖∇f‖²", words);
    }

    [Fact]
    public void Nothing_in_it_runs_or_is_fetched()
    {
        string svg = RandomPlot(new SeededRandom(3)).ToString();

        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_plots_are_equal_bytes() =>
        Assert.Equal(RandomPlot(new SeededRandom(5)).ToString(), RandomPlot(new SeededRandom(5)).ToString());

    [Theory]
    [InlineData(0.001, "0.001")]
    [InlineData(0, "0")]
    [InlineData(2500, "2500")]
    [InlineData(1e-6, "1e-6")]
    [InlineData(1e7, "1e+7")]
    public void Ticks_are_short_words(double tick, string label) => Assert.Equal(label, PlotScale.Label(tick));

    private static XElement Parsed(SvgPlot plot) => XDocument.Parse(plot.ToString()).Root!;

    private static SvgPlot RandomPlot(SeededRandom random)
    {
        var plot = new SvgPlot("title", "across", "up")
        {
            IsLogarithmicAcross = random.NextInt(2) == 0,
            IsLogarithmicUp = random.NextInt(2) == 0,
        };
        for (int series = random.NextInt(6); series >= 0; series--)
        {
            List<PlotPoint> points = [];
            for (int point = random.NextInt(20); point > 0; point--)
            {
                double y = Math.Exp(10 * random.NextGaussian()) * (random.NextInt(4) - 1);
                points.Add(new(Math.Exp(5 * random.NextGaussian()), new Figure(y, random.NextInt(3) == 0 ? double.NaN : random.NextDouble() * Math.Abs(y) * 2, 3)));
            }

            plot.Add(new PlotSeries($"line {series}", points, random.NextInt(2) == 0));
        }

        return plot;
    }
}
