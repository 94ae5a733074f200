using OrleansSgd.Client.Planning;
using OrleansSgd.Client.Reports;
using OrleansSgd.Silo;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid simulate --validate</c>: how far forecasts of small jobs are off, on this machine and as it is now.</summary>
internal static class SimulateValidation
{
    public static async Task<int> RunAsync(Terminal terminal, bool isJson, bool isQuick, ulong seed, CancellationToken interrupted)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(
            1, options => options.ComputeThreads = Environment.ProcessorCount, cancellation: interrupted);
        var validation = new PlanValidation(grid.Grains, terminal.Time, isQuick, seed);
        var comparisons = new List<PlanComparison>();
        if (!isJson)
        {
            terminal.Out.WriteLine(Row("", "updates per second", "mean delay", "B"));
        }

        foreach ((string mode, int workers, int shards) in PlanValidation.Settings)
        {
            (PlanComparison? comparison, string? error) = await validation.CompareAsync(mode, workers, shards, interrupted);
            if (comparison is null)
            {
                return Verdict.Failed(
                    terminal, isJson, new Failure(ExitCodes.RunFailed, $"A run of {Name(mode, workers, shards)} failed: {error}", "Run it again."));
            }

            comparisons.Add(comparison);
            Show(terminal, isJson, comparison);
        }

        double rate = Median(comparisons.Select(one => one.RateError));
        double delay = Median(comparisons.Where(one => one.Measured.DelayMean > 0).Select(one => one.DelayError));
        double bound = Median(comparisons.Where(one => one.Measured.Bound > 0).Select(one => one.BoundError));
        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", json =>
            {
                json.Number("settings", comparisons.Count);
                json.Number("processors", Environment.ProcessorCount);
                json.Measure("rateErrorMedian", rate);
                json.Measure("delayErrorMedian", delay);
                json.Measure("boundErrorMedian", bound);
            });
        }
        else
        {
            terminal.Out.WriteLine(Row("median error", Figures.Percent(rate), Figures.Percent(delay), Figures.Percent(bound)));
        }

        return ExitCodes.Done;
    }

    private static void Show(Terminal terminal, bool isJson, PlanComparison one)
    {
        if (!isJson)
        {
            terminal.Out.WriteLine(Row(
                Name(one.Job.Mode, one.Job.Workers, one.Job.Shards),
                Cell(one.Forecast.UpdatesPerSecond, one.Measured.UpdatesPerSecond, one.RateError),
                Cell(one.Forecast.DelayMean, one.Measured.DelayMean, one.DelayError),
                Cell(one.Forecast.BoundMetered, one.Measured.Bound, one.BoundError)));
            return;
        }

        new EventWriter(terminal.Out).Write("validated", json =>
        {
            json.Text("mode", one.Job.Mode);
            json.Number("workers", one.Job.Workers);
            json.Number("shards", one.Job.Shards);
            json.Measure("updatesPerSecond", one.Measured.UpdatesPerSecond);
            json.Measure("updatesPerSecondForecast", one.Forecast.UpdatesPerSecond);
            json.Measure("delayMean", one.Measured.DelayMean);
            json.Measure("delayMeanForecast", one.Forecast.DelayMean);
            json.Measure("bound", one.Measured.Bound);
            json.Measure("boundForecast", one.Forecast.BoundMetered);
            json.Measure("gradientSeconds", one.Measured.GradientSeconds);
            json.Measure("gradientNorm", one.Measured.GradientNorm);
        });
    }

    private static string Name(string mode, int workers, int shards) => $"{mode}, {Figures.Of(workers, "worker")}, {Figures.Of(shards, "shard")}";

    private static string Cell(double forecast, double measured, double error) =>
        $"{Figures.Digits(forecast)} for {Figures.Digits(measured)} ({Figures.Percent(error)})";

    private static string Row(string name, string rate, string delay, string bound) => $"{name,-28}{rate,-34}{delay,-34}{bound}".TrimEnd();

    private static double Median(IEnumerable<double> errors)
    {
        double[] sorted = [.. errors.Select(Math.Abs).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
