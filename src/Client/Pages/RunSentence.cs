using System.Text.Json;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Pages;

/// <summary>How a run ended, in one sentence or two.</summary>
internal static class RunSentence
{
    /// <summary>Says it.</summary>
    public static string Of(RunStory story)
    {
        JsonElement end = story.Closing;
        string start = story.Outcome switch
        {
            "completed" when Count(end, "alarms") is > 0 and var unmet => $"The run is done, but {TrainText.Unmet(unmet)}",
            "completed" => "The run is done",
            "cancelled" => "The run was interrupted, and what was trained so far is kept",
            "failed" => $"The run failed: {RunStory.Text(end, "error")?.TrimEnd('.')}",
            _ => "These events end before the run did: it was killed, or it still goes on",
        };
        string[] parts = [.. Figures(end)];
        return $"{start}{(parts.Length > 0 ? ": " : "")}{string.Join(", ", parts)}.{Certificate(end)}";
    }

    private static IEnumerable<string> Figures(JsonElement end)
    {
        double samples = RunStory.Number(end, "samples");
        double seconds = RunStory.Number(end, "trainingSeconds");
        if (double.IsFinite(samples))
        {
            yield return $"{Reports.Figures.Count(samples)} samples{(double.IsFinite(seconds) ? $" in {Reports.Figures.Duration(seconds)}" : "")}";
        }

        double accuracy = RunStory.Number(end, "testAccuracy");
        double loss = RunStory.Number(end, "testLoss");
        if (double.IsFinite(accuracy))
        {
            yield return $"test accuracy {Reports.Figures.Percent(accuracy)}";
        }
        else if (double.IsFinite(loss))
        {
            yield return $"test loss {Reports.Figures.Digits(loss)}";
        }

        double lost = RunStory.Number(end, "updatesLost");
        if (double.IsFinite(lost))
        {
            yield return lost == 0 ? "no update lost" : $"{Reports.Figures.Of((long)lost, "update")} lost";
        }
    }

    private static string Certificate(JsonElement end)
    {
        JsonElement certificate = RunStory.Field(end, "certificate") ?? default;
        double value = RunStory.Number(certificate, "value");
        return RunStory.Text(certificate, "status") switch
        {
            null => "",
            var status when double.IsFinite(value) =>
                $" Certificate {status}: the mean of ‖∇f‖² over the run is at most {Reports.Figures.Digits(value)}.",
            var status => $" Certificate {status}: {RunStory.Text(certificate, "reason")}",
        };
    }

    private static int Count(JsonElement fields, string list) =>
        RunStory.Field(fields, list) is { ValueKind: JsonValueKind.Array } array ? array.GetArrayLength() : 0;
}
