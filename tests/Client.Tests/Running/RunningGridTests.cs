using System.Net;
using System.Text.Json;
using OrleansSgd.Client.Tests.Reports;
using OrleansSgd.Testing;
using Xunit.Abstractions;

namespace OrleansSgd.Client.Tests.Running;

/// <summary>Goal: a console in one process commands a grid in another, over crashes too. Method: the real program, several times at once.</summary>
public sealed class RunningGridTests(ITestOutputHelper output) : IDisposable
{
    private const string ScriptOfLine = "tests/Client.Tests/Running/python/line.py";

    private readonly GridOfTest _grid = new();

    public void Dispose() => _grid.Dispose();

    [Fact]
    public async Task A_job_is_submitted_watched_and_exported_from_other_processes()
    {
        string job = _grid.Text("job.yaml", TinyJob.Yaml);
        using SiloProcess silo = await SiloProcess.StartAsync(_grid);

        GridRun watched = await _grid.ConsoleAsync("submit", job, "--watch", "--json");
        JsonElement exported = await _grid.AskAsync("export", "tiny-1", "--out", _grid["model.safetensors"]);
        GridRun again = await _grid.ConsoleAsync("export", "tiny-1", "--out", _grid["model.safetensors"]);

        Assert.True(watched.ExitCode == 0, watched.Out + watched.Error);
        Assert.Empty(EventChecker.Mistakes(watched.Out));
        Assert.Contains("\"event\":\"completed\"", watched.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(33, exported.GetProperty("parameters").GetInt32());
        Assert.True(File.Exists(_grid["model.safetensors"]));
        Assert.Equal(ExitCodes.BadInput, again.ExitCode);
        Assert.Contains("exists already", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_TorchScript_job_leaves_its_module_beside_the_model_and_both_are_what_was_trained()
    {
        string start = _grid["start.pt"];
        GridRun python = await GridRun.StartAsync(
            "/usr/bin/python3", new Dictionary<string, string?>(), _grid.Folder, ["-B", RepositoryRoot.PathOf(ScriptOfLine), "write", start]);
        Assert.True(python.ExitCode == 0, python.Error);
        _grid.Variables["GRID_DATA"] = _grid.Folder;
        string job = _grid.Text("job.yaml", TinyJob.With(("kind: softmax", $"kind: torchscript\n  path: {start}")));
        using SiloProcess silo = await SiloProcess.StartAsync(_grid);
        GridRun watched = await _grid.ConsoleAsync("submit", job, "--watch", "--json");
        Assert.True(watched.ExitCode == 0, watched.Out + watched.Error);

        JsonElement exported = await _grid.AskAsync("export", "tiny-1", "--out", _grid["m.safetensors"]);
        GridRun again = await _grid.ConsoleAsync("export", "tiny-1", "--out", _grid["m"]);
        File.Delete(start);
        GridRun elsewhere = await _grid.ConsoleAsync("export", "tiny-1", "--out", _grid["other.safetensors"]);

        Assert.Equal(_grid["m.pt"], exported.GetProperty("script").GetString());
        GridRun same = await GridRun.StartAsync(
            "/usr/bin/python3", new Dictionary<string, string?>(), _grid.Folder,
            ["-B", RepositoryRoot.PathOf(ScriptOfLine), "compare", _grid["m.pt"], _grid["m.safetensors"]]);
        Assert.True(same.ExitCode == 0, same.Out + same.Error);
        Assert.Equal((ExitCodes.BadInput, false), (again.ExitCode, File.Exists(_grid["m"])));
        Assert.Contains("m.pt exists already", again.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, elsewhere.ExitCode);
        Assert.Contains("export on a machine that has it", elsewhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_job_survives_kill_9_as_paused_and_a_watch_sees_one_history()
    {
        string job = _grid.Text("job.yaml", TinyJob.With(("epochs: 2", "epochs: 1000000"), ("rate: 0.1", "rate: 0.02")));
        Task<GridRun> watching;
        using (SiloProcess silo = await SiloProcess.StartAsync(_grid))
        {
            await _grid.AskAsync("submit", job);
            var begun = new TaskCompletionSource();
            watching = _grid.ConsoleAsync(["watch", "tiny-1", "--json"], begun);
            await begun.Task; // a watch that comes when nobody is there says so and ends
            JsonElement paused = await _grid.AskAsync("pause", "tiny-1");
            Assert.True(paused.GetProperty("kept").GetBoolean());
            await silo.KillAsync();
        }

        using SiloProcess next = await SiloProcess.StartAsync(_grid);
        JsonElement first = await BegunAsync();
        JsonElement second = await _grid.AskAsync("show", "tiny-1");
        Assert.Equal("paused", first.GetProperty("phase").GetString());
        Assert.Equal(first.GetProperty("tickets").GetInt64(), second.GetProperty("tickets").GetInt64());

        await _grid.AskAsync("resume", "tiny-1");
        await _grid.AskAsync("scale", "grid", "2");
        await _grid.AskAsync("scale", "tiny-1", "1");
        await _grid.AskAsync("cancel", "tiny-1");
        GridRun watched = await watching;
        output.WriteLine($"{watched.ExitCode}\n{watched.Out}\n{watched.Error}");

        JsonElement[] events = [.. watched.Lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        Assert.Equal("cancelled", NameOf(events[^1]));
        string[] told = [.. events.Select(NameOf).Where(name => name is "paused" or "resumed" or "continued")];
        Assert.Equal(["paused", "resumed", "continued"], told);
        Assert.Equal(
            watched.Lines.Where(line => line.Contains("\"evaluated\"", StringComparison.Ordinal)).Distinct().Count(),
            watched.Lines.Count(line => line.Contains("\"evaluated\"", StringComparison.Ordinal)));
        Assert.Equal(33, (await _grid.AskAsync("export", "tiny-1", "--out", _grid["m.safetensors"])).GetProperty("parameters").GetInt32());
    }

    [Fact]
    public async Task A_silo_that_is_told_to_end_keeps_its_job_and_exits_with_0()
    {
        string job = _grid.Text("job.yaml", TinyJob.With(("epochs: 2", "epochs: 100000"), ("rate: 0.1", "rate: 0.02")));
        using SiloProcess silo = await SiloProcess.StartAsync(_grid);
        using var web = new HttpClient();
        await _grid.AskAsync("submit", job);

        using (HttpResponseMessage live = await web.GetAsync(new Uri(silo.Http, "/health/live")))
        using (HttpResponseMessage ready = await web.GetAsync(new Uri(silo.Http, "/health/ready")))
        {
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
        }

        Assert.Equal(0, (await _grid.ConsoleAsync("doctor", "--quick")).ExitCode);
        GridRun stopped = await silo.StopAsync();
        GridRun sick = await _grid.ConsoleAsync("doctor", "--quick");

        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains("tiny-1 waits in ", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Unreachable, sick.ExitCode);
    }

    [Fact]
    public async Task A_job_file_that_points_outside_the_data_folder_is_refused()
    {
        string job = _grid.Text("job.yaml", "name: spy\ndata:\n  kind: csv\n  path: /etc/passwd\nmodel:\n  kind: softmax\n");
        using SiloProcess silo = await SiloProcess.StartAsync(_grid);

        GridRun refused = await _grid.ConsoleAsync("submit", job);

        Assert.Equal(ExitCodes.BadInput, refused.ExitCode);
        Assert.Contains("outside the folders that jobs may read", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grid_that_is_not_there_and_a_job_that_it_does_not_know_have_their_own_exit_codes()
    {
        GridRun nobody = await _grid.ConsoleAsync("list");
        using SiloProcess silo = await SiloProcess.StartAsync(_grid);
        GridRun unknown = await _grid.ConsoleAsync("show", "nothing-1");

        Assert.Equal(ExitCodes.Unreachable, nobody.ExitCode);
        Assert.Contains("grid silo --store DIR", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, unknown.ExitCode);
        Assert.Contains("The grid knows no job 'nothing-1'", unknown.Error, StringComparison.Ordinal);
    }

    // A coordinator reads its store first, which takes as long as it takes on a busy machine.
    private async Task<JsonElement> BegunAsync()
    {
        for (int tries = 0; tries < 100; tries++)
        {
            JsonElement now = await _grid.AskAsync("show", "tiny-1");
            if (now.GetProperty("phase").GetString() != "starting")
            {
                return now;
            }
        }

        throw new TimeoutException("tiny-1 does not begin.");
    }

    private static string NameOf(JsonElement happened) => happened.GetProperty("event").GetString()!;
}
