using System.Globalization;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>What happened to a job, as a sentence.</summary>
internal static class EventText
{
    /// <summary>The sentence.</summary>
    public static string Of(JobEvent happened) => happened.Kind switch
    {
        "evaluated" => double.IsNaN(happened.TestAccuracy)
            ? Text($"Evaluated after epoch {happened.Epoch}: test loss {happened.TestLoss:G4}.")
            : Text($"Evaluated after epoch {happened.Epoch}: {happened.TestAccuracy:P2} of the test set, test loss {happened.TestLoss:G4}."),
        "joined" => Text($"Silo {happened.Silo} joined."),
        "left" => Text($"Silo {happened.Silo} left; {happened.WorkersMoved} workers and {happened.ShardsMoved} shards move."),
        "straggler" => Text($"Worker {happened.Worker} on {happened.Silo} takes {happened.Ratio:F1} times the median for a step."),
        "workers" => Text($"{happened.Workers} workers compute from now on (rate × {happened.RateScale:G3}, batch × {happened.BatchScale:G3})."),
        "resumed" => happened.TicketsRedone < 0
            ? Text($"Resumed from a checkpoint {happened.SecondsSince:F1} s old.")
            : Text($"Resumed from a checkpoint {happened.SecondsSince:F1} s old; {happened.TicketsRedone} tickets are given anew."),
        "checkpoint" => happened.Reason ?? "A checkpoint could not be written.",
        "paused" => "Paused.",
        "continued" => "Continued.",
        _ => happened.Reason ?? happened.Kind,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
