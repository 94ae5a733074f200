using System.Text.Json;
using OrleansSgd.Client.Tests.Reports;

namespace OrleansSgd.Client.Tests.Chaos;

/// <summary>Goal: <c>grid chaos</c> plays a script, says what it did and what came of it, and holds the grid to its promises.</summary>
public sealed class ChaosVerbTests
{
    private const string Churn = """
        seed: 1
        events:
          - {at: 60t, event: join}
          - {at: 200t, event: kill, silo: member, restartAfter: 200t}
          - {at: 800t, event: leave, silo: member, restartAfter: 200t}
        """;

    private static string Job => TinyJob.With(("silos: 2", "silos: 3\nmode: bsp"), ("epochs: 2", "epochs: 200"));

    [Fact]
    public async Task A_compared_run_under_churn_keeps_its_promises_and_is_recorded()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", Job);
        string script = folder.Text("churn.yaml", Churn);

        GridRun run = await GridRun.InProcessAsync(
            "chaos", job, "--out", folder["runs"], "--script", script, "--record", folder["record.yaml"], "--compare");

        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Contains("Churn: 3 events, seed 1, placed by tickets.", run.Lines);
        Assert.Single(run.Lines, line => line.Contains("chaos: kill silo", StringComparison.Ordinal));
        Assert.Contains("  churn          3 join, 1 leave, 1 kill", run.Lines);
        Assert.Contains("  parameters     identical to those of the undisturbed run, bit by bit", run.Lines);
        Assert.Contains("  promises       kept", run.Lines);
        Assert.True(File.Exists(folder["runs/tiny-1/model.safetensors"]));
        Assert.Equal(5, (await File.ReadAllLinesAsync(folder["record.yaml"])).Count(line => line.StartsWith("  - {at: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task With_json_every_step_is_an_event_and_the_last_line_closes_the_run()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", Job.Replace("epochs: 200", "epochs: 400", StringComparison.Ordinal)); // lives to meet it all

        GridRun run = await GridRun.InProcessAsync(
            "chaos", job, "--out", folder["runs"], "--no-trace", "--json", "--events", "join,kill", "--every", "300t", "--duration", "1000t", "--restart-after", "100t");

        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Empty(EventChecker.Mistakes(run.Out));
        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] steps = [.. events.Where(one => one.GetProperty("event").GetString() == "chaos")];
        Assert.True(steps.Length >= 6, run.Out);
        Assert.All(steps, step => Assert.Contains(step.GetProperty("kind").GetString(), (string[])["join", "kill", "leave"]));
        Assert.Equal(["churned", "completed"], events.TakeLast(2).Select(one => one.GetProperty("event").GetString()));
        Assert.False(events[^2].TryGetProperty("broken", out _));
    }

    [Fact]
    public async Task An_event_that_the_run_ended_before_is_said()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", Job.Replace("epochs: 200", "epochs: 2", StringComparison.Ordinal));
        string script = folder.Text("churn.yaml", "events:\n  - {at: 1000000t, event: kill, silo: member}\n");

        GridRun run = await GridRun.InProcessAsync("chaos", job, "--out", folder["runs"], "--script", script);

        Assert.Contains("  churn          nothing happened; 1 event not reached, the run was over before", run.Lines);
    }

    [Theory]
    [InlineData("--every is '30'; use a number with its unit", "--every", "30")]
    [InlineData("--events has 'kil'; use join, leave, kill, slow, partition. Did you mean kill?", "--events", "join,kil")]
    [InlineData("--hit is 'all'; use member, random or coordinator.", "--hit", "all")]
    [InlineData("Of the churn, the time to restart is 2s, but the duration is 900t;", "--duration", "900t", "--every", "100t")]
    [InlineData("gone.yaml: there is no such file;", "--script", "gone.yaml")]
    [InlineData("silos is 1, but under churn at least 2 are needed. Use --silos 3.", "--silos", "1")]
    public async Task Churn_that_makes_no_sense_is_refused_before_anything_is_trained(string error, params string[] options)
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", Job);

        GridRun run = await GridRun.InProcessAsync(["chaos", job, "--out", folder["runs"], .. options]);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_and_an_option_that_draws_one_are_not_taken_together()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", Job);
        string script = folder.Text("churn.yaml", Churn);

        GridRun run = await GridRun.InProcessAsync("chaos", job, "--script", script, "--kill-every", "5s", "--record", script);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("--script and --kill-every are both given; keep one.", run.Error, StringComparison.Ordinal);
        Assert.Contains("which exists already; name a new file.", run.Error, StringComparison.Ordinal);
    }
}
