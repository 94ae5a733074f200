using System.Text.Json;
using OrleansSgd.Client.Pages;

namespace OrleansSgd.Client.Tests.Pages;

/// <summary>Goal: the page about a run that several processes trained shows all of it. Method: the real program, kill -9, and the program again.</summary>
public sealed class ResumedReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_of_a_resumed_run_has_the_curves_of_the_process_that_was_killed()
    {
        string job = _folder.Text("job.yaml", TinyJob.With(("epochs: 2", "epochs: 10000"), ("rate: 0.1", "rate: 0.02")));
        string[] places = ["--store", _folder["store"], "--checkpoint", "0.1", "--json"];
        await GridRun.StartAsync(
            "dotnet", new Dictionary<string, string?>(), _folder.Path,
            [Path.Combine(AppContext.BaseDirectory, "grid.dll"), "train", job, "--out", _folder["killed"], .. places],
            async (process, lines) =>
            {
                // Until there is something to resume that has a loss and a speed in it, and more time than the first point took to come.
                long? known = null;
                double first = double.NaN;
                while (await lines.ReadLineAsync() is { } line)
                {
                    using var progress = JsonDocument.Parse(line);
                    double now = Number(progress, "seconds");
                    first = double.IsNaN(first) ? now : first;
                    known ??= Number(progress, "loss") > 0 && Number(progress, "samplesPerSecond") > 0 && now > 3 && now > 4 * first
                        ? (long)Number(progress, "tickets") : null;
                    if (Number(progress, "checkpointTicket") > known)
                    {
                        break;
                    }
                }

                process.Kill();
                return "";
            });

        GridRun resumed = await GridRun.ProcessAsync(
            new Dictionary<string, string?>(), _folder.Path, ["silo", "--exit-when-done", "--out", _folder["runs"], .. places]);

        Assert.True(resumed.ExitCode == 0, resumed.Out + resumed.Error);
        RunStory story = ReportFile.Read(_folder["runs/tiny-1"], null);
        double wentOn = story.Happenings.Single(one => one.Kind == "resumed").Seconds;
        double[] seconds = [.. story.Progress.Select(point => point.Seconds)];
        Assert.True(wentOn > 0);
        Assert.Equal(seconds.Order(), seconds);
        Assert.InRange(seconds[0], 0, 0.5 * wentOn); // most of the killed process's time is on the curve
        Assert.Contains(seconds, second => second == wentOn); // up to the very checkpoint
        Assert.Contains(story.Progress, point => point.Seconds <= wentOn && point.Loss > 0 && point.SamplesPerSecond > 0);
        Assert.Contains("Loss", PageReader.Open(_folder["runs/tiny-1/report.html"]).PlotTitles);
        Assert.All(resumed.Lines, line => JsonDocument.Parse(line).Dispose());
    }

    private static double Number(JsonDocument line, string name) =>
        line.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
