using OrleansSgd.Core.Chaos;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Chaos;

/// <summary>What churn did to a run.</summary>
/// <param name="Plan">The job.</param>
/// <param name="Ended">How the disturbed run ended.</param>
/// <param name="Deeds">What was done to it.</param>
/// <param name="Recoveries">From each kill, partition, leave and join, in the order of the deeds.</param>
/// <param name="Undisturbed">The same job without churn; null when it was not run.</param>
internal sealed record ChaosFigures(
    JobPlan Plan, WatchOutcome.Ended Ended, IReadOnlyList<ChaosDeed> Deeds, IReadOnlyList<ChaosRecovery> Recoveries,
    WatchOutcome.Ended? Undisturbed)
{
    /// <summary>Makes the figures of a run.</summary>
    /// <param name="undisturbed">How the same job ended without churn; null when it was not run.</param>
    /// <param name="calm">Its speed; null likewise.</param>
    public static ChaosFigures Of(JobPlan plan, WatchOutcome.Ended ended, ChaosRun run, WatchOutcome.Ended? undisturbed, SpeedTrace? calm) => new(
        plan, ended, run.Deeds,
        [
            .. run.Deeds
                .Where(deed => deed.Step.Skipped is null && deed.Step.Kind is not (ChaosEventKind.Slow or ChaosEventKind.Heal))
                .Select(deed => new ChaosRecovery(deed, run.Speed.SecondsToSpeed(deed.Seconds), calm?.SecondsToSpeed(deed.Seconds) ?? double.NaN)),
        ],
        undisturbed)
    {
        NotReached = run.EventsLeft,
    };

    /// <summary>Events of the script that the run ended before.</summary>
    public int NotReached { get; init; }

    /// <summary>Steps that were done.</summary>
    public int Done => Deeds.Count(deed => deed.Step.Skipped is null);

    /// <summary>Samples a second of the disturbed run, as a share of the undisturbed; NaN without one.</summary>
    public double SpeedRatio => Undisturbed is null ? double.NaN : SpeedOf(Ended) / SpeedOf(Undisturbed);

    /// <summary>Test accuracy of the disturbed run less that of the undisturbed; NaN without one, or for regression.</summary>
    public double AccuracyDifference => (Ended.Last?.TestAccuracy ?? double.NaN) - (Undisturbed?.Last?.TestAccuracy ?? double.NaN);

    /// <summary>Whether both runs ended at the same parameters, bit by bit; null without an undisturbed one.</summary>
    public bool? IsIdentical => Undisturbed is null
        ? null
        : Ended.Trained.Select(BitConverter.SingleToInt32Bits).SequenceEqual(Undisturbed.Trained.Select(BitConverter.SingleToInt32Bits));

    /// <summary>Whether <see cref="IsIdentical"/> is promised: rounds in order, and a codec that holds nothing back.</summary>
    public bool PromisesIdentity => Plan.Run.Mode == RunPlan.Bsp && Plan.Run.Codec.IsExact;

    /// <summary>Each promise that was broken, as a sentence; empty when the run kept them all.</summary>
    public IEnumerable<string> Broken()
    {
        JobProgress run = Ended.Progress;
        if (run.UpdatesLost > 0)
        {
            yield return $"{Reports.Figures.Of(run.UpdatesLost, "update")} lost";
        }

        if (run.Samples != run.SamplesTotal)
        {
            yield return $"{Reports.Figures.Of(Math.Abs(run.SamplesTotal - run.Samples), "sample")} of {Reports.Figures.Count(run.SamplesTotal)} "
                + "not accounted for";
        }

        if (PromisesIdentity && IsIdentical == false)
        {
            yield return "the parameters differ from those of the undisturbed run";
        }
    }

    /// <summary>Samples a second over the whole run; NaN for one without length.</summary>
    public static double SpeedOf(WatchOutcome.Ended ended) =>
        ended.Progress.Seconds > 0 ? ended.Progress.Samples / ended.Progress.Seconds : double.NaN;
}
