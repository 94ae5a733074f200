using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>The loss along runs, averaged over seeds at common places.</summary>
internal static class LossCurves
{
    private const int PlacesMax = 24;

    public static PlotSeries OverTickets(string name, SeedSweep sweep) => Curve(name, sweep, point => point.Ticket);

    public static PlotSeries OverSeconds(string name, SeedSweep sweep) => Curve(name, sweep, point => point.Seconds);

    /// <summary>The place, by linear interpolation, at which the loss first comes down to a level; NaN when it never does.</summary>
    public static double FirstAt(SimulationResult run, double level, Func<LossPoint, double> place)
    {
        for (int i = 0; i < run.Losses.Count; i++)
        {
            if (run.Losses[i].Loss <= level)
            {
                return i == 0 ? place(run.Losses[0]) : Between(run.Losses[i - 1], run.Losses[i], level, place);
            }
        }

        return double.NaN;
    }

    private static double Between(in LossPoint before, in LossPoint after, double level, Func<LossPoint, double> place)
    {
        double share = (before.Loss - level) / (before.Loss - after.Loss);
        return place(before) + (share * (place(after) - place(before)));
    }

    // Runs are cut at different places: each is read, by linear interpolation, where all of them still go on.
    private static PlotSeries Curve(string name, SeedSweep sweep, Func<LossPoint, double> place)
    {
        double end = sweep.Runs.Min(run => place(run.Losses[^1]));
        List<PlotPoint> points = [];
        for (int i = 0; i <= PlacesMax; i++)
        {
            double at = end * i / PlacesMax;
            points.Add(new PlotPoint(at, Figure.Of(sweep.Runs.Select(run => LossAt(run, at, place)))));
        }

        return new PlotSeries(name, points);
    }

    private static double LossAt(SimulationResult run, double at, Func<LossPoint, double> place)
    {
        for (int i = 1; i < run.Losses.Count; i++)
        {
            double from = place(run.Losses[i - 1]);
            double to = place(run.Losses[i]);
            if (to >= at && to > from)
            {
                double share = (at - from) / (to - from);
                return run.Losses[i - 1].Loss + (share * (run.Losses[i].Loss - run.Losses[i - 1].Loss));
            }
        }

        return run.Losses[^1].Loss;
    }
}
