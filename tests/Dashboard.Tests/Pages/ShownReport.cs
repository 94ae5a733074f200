using System.Text.Json;
using OrleansSgd.Client;
using OrleansSgd.Client.Pages;
using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Runs;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>The page about a run that never was, with something of everything.</summary>
internal static class ShownReport
{
    private const int Points = 160;

    private static readonly JobPlan Plan = new()
    {
        Name = "tiny",
        Data = new DataPlan { Kind = "synthetic", Shape = "gaussian-mixture", SampleCount = 60_000, FeatureCount = 784, Seed = 7 },
        Model = new ModelPlan { Kind = ModelCatalog.Softmax },
        Run = new RunPlan { Workers = 8, Shards = 4, Batch = 64, Epochs = 4, Seed = 11 },
    };

    /// <summary>Writes it into a folder.</summary>
    /// <returns>Its address.</returns>
    public static Uri Write(string folder)
    {
        string path = Path.Combine(folder, ReportFile.FileName);
        ReportFile.Write(RunStoryReader.Read(Events(), "events"), path);
        return new Uri(path);
    }

    private static string[] Events()
    {
        var about = new { @event = "about", version = "0.1.0", dotnet = "10.0", system = "Linux", processors = 8, startedAt = "2026-01-02T03:04:05Z", plan = JsonDocument.Parse(Plan.ToJson()).RootElement };
        JobProgress last = ShownGrid.Progress(Points) with { Phase = JobPhase.Completed, Samples = 1_000_000 };
        string silo = ScriptedGrid.Script.AddressOf(1);
        var evaluated = new JobEvent("evaluated", 36, 2900, Epoch: 4, TestLoss: 0.31, TestAccuracy: 0.9127);
        return
        [
            JsonSerializer.Serialize(about),
            .. Print(report =>
            {
                report.Started(new StartedFacts("tiny-1", Plan, 3, 7850));
                for (int poll = 1; poll <= Points; poll++)
                {
                    report.Progressed(new ProgressFacts(ShownGrid.Progress(poll), 5120 + (200 * Math.Sin(poll)), 10));
                }

                for (int epoch = 1; epoch < 4; epoch++)
                {
                    report.Evaluated(new JobEvent("evaluated", 9 * epoch, 720 * epoch, epoch, 0.4 / epoch, 0.8 + (0.03 * epoch)));
                }

                report.Evaluated(evaluated);
                report.MembershipChanged(new JobEvent("left", 14, 1100, Silo: silo, WorkersMoved: 3, ShardsMoved: 1));
                report.MembershipChanged(new JobEvent("joined", 22, 1700, Silo: silo));
            }),
            """{"event":"delays","width":1,"counts":[40,160,420,700,520,260,90,30,8,2]}""",
            .. Print(report => report.Ended(new EndedFacts(null, last, evaluated, "model.safetensors", "trace.jsonl", ReportPath: ReportFile.FileName))),
        ];
    }

    private static string[] Print(Action<ITrainReport> happenings)
    {
        using var output = new StringWriter();
        happenings(new JsonTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
