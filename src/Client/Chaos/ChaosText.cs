using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Chaos;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Chaos;

/// <summary>The sentences of <c>grid chaos</c>.</summary>
internal static class ChaosText
{
    /// <summary>One step, as a line below those of the run.</summary>
    public static string Line(ChaosDeed deed)
    {
        string role = deed.OfCoordinator ? ", the coordinator's" : "";
        string taken = deed.Step.Kind is ChaosEventKind.Join or ChaosEventKind.Leave && deed.Step.Skipped is null
            ? $", took {Figures.Duration(deed.SecondsTaken)}"
            : "";
        string clear = deed.IsClear == false ? ", with something still on it" : "";
        return $"{Figures.One(deed.Seconds),7} s  chaos: {deed.Step}{role}{taken}{clear}";
    }

    /// <summary>What the script will do, and how exactly.</summary>
    public static string Headline(ChaosScript script) => script.Events.Count == 0
        ? "Churn: none."
        : $"Churn: {Figures.Of(script.Events.Count, "event")}, seed {script.Seed}"
            + (script.IsByTickets ? ", placed by tickets." : ", placed by seconds: another run meets them in another state.");

    /// <summary>The summary, label by label.</summary>
    public static IEnumerable<(string Label, string Text)> Summary(ChaosFigures figures)
    {
        JobProgress run = figures.Ended.Progress;
        yield return ("churn", Churn(figures));
        yield return ("updates lost", $"{Figures.Count(run.UpdatesLost)}, applied in part {Figures.Count(run.UpdatesPartial)}");
        yield return ("samples", run.SampleUses is { } uses
            ? TrainText.Samples(uses)
            : $"{Figures.Count(run.Samples)} of {Figures.Count(run.SamplesTotal)} used, {Figures.Count(run.SamplesRepeated)} of them twice, "
                + $"{Figures.Count(run.SamplesTotal - run.Samples)} not at all");
        foreach (IGrouping<ChaosEventKind, ChaosRecovery> kind in
            figures.Recoveries.GroupBy(one => one.Deed.Step.Kind).OrderBy(one => one.Key))
        {
            var took = RecoverySummary.Of(kind);
            string machine = double.IsNaN(took.UndisturbedMax)
                ? "" : $"; from the same moments of the undisturbed run {Figures.Duration(took.UndisturbedMax)} at most";
            yield return ($"after {ChaosFile.NameOf(kind.Key)}", double.IsNaN(took.Max)
                ? "the run ended before it had its full speed again"
                : $"full speed again in {Figures.Duration(took.Median)} (median), {Figures.Duration(took.Max)} at most{machine}");
        }

        if (figures.Undisturbed is { } undisturbed)
        {
            yield return ("speed", $"{Figures.Count(ChaosFigures.SpeedOf(figures.Ended))} samples/s, {Figures.Percent(figures.SpeedRatio)} of the undisturbed "
                + $"{Figures.Count(ChaosFigures.SpeedOf(undisturbed))}");
            if (double.IsFinite(figures.AccuracyDifference))
            {
                string difference = (figures.AccuracyDifference * 100).ToString("+0.00;-0.00", System.Globalization.CultureInfo.InvariantCulture);
                yield return ("accuracy", $"{difference} points against the undisturbed {Figures.Percent(undisturbed.Last!.TestAccuracy)}");
            }

            yield return ("parameters", figures.IsIdentical == true
                ? "identical to those of the undisturbed run, bit by bit"
                : $"differ from those of the undisturbed run{(figures.PromisesIdentity ? "" : ", as they may in this mode")}");
        }

        string[] broken = [.. figures.Broken()];
        yield return ("promises", broken.Length == 0 ? "kept" : $"broken: {string.Join("; ", broken)}");
    }

    private static string Churn(ChaosFigures figures)
    {
        string[] kinds =
        [
            .. figures.Deeds.Where(deed => deed.Step.Skipped is null).GroupBy(deed => deed.Step.Kind).OrderBy(kind => kind.Key)
                .Select(kind => $"{kind.Count()} {ChaosFile.NameOf(kind.Key)}"),
        ];
        int skipped = figures.Deeds.Count - figures.Done;
        return (kinds.Length == 0 ? "nothing happened" : string.Join(", ", kinds))
            + (skipped == 0 ? "" : $"; {skipped} skipped")
            + (figures.NotReached == 0 ? "" : $"; {Figures.Of(figures.NotReached, "event")} not reached, the run was over before");
    }
}
