using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Chaos;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Chaos;

/// <summary>The events of <c>grid chaos --json</c>, beside those of a run.</summary>
internal static class ChaosEvents
{
    /// <summary>One step.</summary>
    public static void Write(EventWriter events, ChaosDeed deed) => events.Write("chaos", json =>
    {
        json.Measure("seconds", deed.Seconds);
        json.Number("tickets", deed.Tickets);
        json.Text("kind", ChaosFile.NameOf(deed.Step.Kind));
        json.Number("silo", deed.Step.Skipped is null ? deed.Step.Silo : null);
        json.Measure("factor", deed.Step.Kind == ChaosEventKind.Slow ? deed.Step.Factor : double.NaN);
        json.Flag("coordinator", deed.OfCoordinator);
        json.Measure("secondsTaken", deed.SecondsTaken);
        json.Flag("cleared", deed.IsClear);
        json.Text("skipped", deed.Step.Skipped);
    });

    /// <summary>What came of all of them.</summary>
    public static void Write(EventWriter events, ChaosFigures figures) => events.Write("churned", json =>
    {
        var kills = RecoverySummary.Of(figures.Recoveries.Where(one => one.Deed.Step.Kind == ChaosEventKind.Kill));
        json.Number("steps", figures.Done);
        json.Number("skipped", figures.Deeds.Count - figures.Done);
        json.Number("notReached", figures.NotReached);
        json.Measure("killToFullSpeedSecondsMedian", kills.Median);
        json.Measure("killToFullSpeedSecondsMax", kills.Max);
        json.Measure("undisturbedToFullSpeedSecondsMax", kills.UndisturbedMax);
        json.Measure("speedRatio", figures.SpeedRatio);
        json.Measure("accuracyDifference", figures.AccuracyDifference);
        json.Flag("identical", figures.IsIdentical);
        json.List("broken", [.. figures.Broken()]);
    });
}
