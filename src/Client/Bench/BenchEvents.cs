using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Bench;

/// <summary>The events of <c>grid bench</c>, to standard output with <c>--json</c> and into the folder of results always.</summary>
internal static class BenchEvents
{
    /// <summary>What it is measured on.</summary>
    public static void Machine(EventWriter events, MachineFacts machine) => events.Write("machine", json =>
    {
        json.Text("processor", machine.Processor.Length == 0 ? null : machine.Processor);
        json.Number("processors", machine.Processors);
        json.Number("memoryBytes", machine.MemoryBytes);
        json.Text("system", machine.System);
        json.Text("dotnet", machine.Dotnet);
        json.Text("runtime", machine.Runtime);
        json.Measure("load", machine.Load);
        json.Text("startedAt", machine.At.UtcDateTime.ToString("O"));
    });

    /// <summary>One figure, or why there is none.</summary>
    public static void Told(EventWriter events, Measure measure, BenchRun? run, BenchGap? gap)
    {
        if (run is not null)
        {
            events.Write("measured", json =>
            {
                json.Text("comparison", run.Comparison);
                json.Text("system", run.System);
                json.Number("round", run.Round);
                json.Measure("value", run.Value);
                json.Text("unit", measure.Unit);
                json.Measure("roundTripNanoseconds", run.RoundTrip);
            });
        }

        if (gap is not null)
        {
            events.Write("unmeasured", json =>
            {
                json.Text("comparison", gap.Comparison);
                json.Text("system", gap.System);
                json.Text("reason", gap.Reason);
            });
        }
    }

    /// <summary>What all figures say.</summary>
    public static void Result(EventWriter events, BenchResult result, IReadOnlyCollection<string> versions)
    {
        foreach (BenchRatio ratio in result.Ratios)
        {
            events.Write("ratio", json =>
            {
                json.Text("comparison", ratio.Of.Name);
                json.Text("system", ratio.System);
                json.Measure("ratio", ratio.Ratio);
                json.Measure("ratioMin", ratio.Pairs?.Least ?? double.NaN);
                json.Measure("ratioMax", ratio.Pairs?.Most ?? double.NaN);
                json.Number("rounds", ratio.Pairs?.Count);
            });
        }

        foreach (BenchMedian median in result.Medians)
        {
            events.Write("median", json =>
            {
                json.Text("comparison", median.Of.Name);
                json.Text("system", median.System);
                json.Measure("median", median.Figures.Median);
                json.Measure("min", median.Figures.Least);
                json.Measure("max", median.Figures.Most);
                json.Text("unit", median.Of.Measure.Unit);
                json.Number("rounds", median.Figures.Count);
            });
        }

        foreach (GoalResult goal in result.Goals)
        {
            events.Write("goal", json =>
            {
                json.Text("comparison", goal.Goal.Comparison);
                json.Text("system", goal.Goal.Peer);
                json.Text("wanted", goal.Goal.Wanted);
                json.Measure("figure", goal.Figure);
                json.Text("outcome", goal.Outcome);
            });
        }

        events.Write("software", json => json.List("versions", [.. versions]));
    }

    /// <summary>The end.</summary>
    /// <param name="folder">Where the results lie.</param>
    public static void Completed(EventWriter events, BenchResult result, string folder) => events.Write("completed", json =>
    {
        json.Text("folder", folder);
        json.Number("goalsMet", result.Count("met"));
        json.Number("goalsMissed", result.Count("missed"));
        json.Number("goalsUnmeasured", result.Count("not measured"));
    });
}
