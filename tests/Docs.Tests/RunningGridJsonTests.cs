using System.Globalization;
using OrleansSgd.Client;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: docs/json.md has every field that the verbs of a running grid print. Method: one job from its submission to its export, by every verb.</summary>
public sealed class RunningGridJsonTests : IDisposable
{
    // It goes on until it is cancelled.
    private const string Job = """
        name: tiny
        data: { kind: synthetic, shape: gaussian-mixture, sampleCount: 600, testSampleCount: 200, featureCount: 10, classCount: 3 }
        model: { kind: softmax }
        workers: 2
        shards: 2
        batch: 20
        epochs: 100000
        rate: 0.02
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-sgd-json-").FullName;
    private readonly StringWriter _errors = new();
    private readonly JsonPage _page = new(Markdown.Read(JsonPage.Document));
    private readonly TextWriter _error;
    private readonly string[] _place;
    private readonly string _http;

    public RunningGridJsonTests()
    {
        // Beside those of a grid that the user may have running; read only by the built-in runtime, and by no other test of this project.
        Environment.SetEnvironmentVariable("ORLEANS_INPROCESS_SECRETS", At("secrets"));
        _error = TextWriter.Synchronized(_errors);
        int[] ports = FreePorts.Of(2);
        _place = ["--gateway-port", ports[0].ToString(CultureInfo.InvariantCulture)];
        _http = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[1]}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_field_of_a_running_grid_is_on_the_page()
    {
        await File.WriteAllTextAsync(At("job.yaml"), Job);
        var silo = new EventLines();
        using var end = new CancellationTokenSource();
        Task<int> serving = silo.RunAsync(
            _error, end.Token, ["silo", .. _place, "--http", _http, "--store", At("store"), "--checkpoint", "0.2", "--out", At("runs")]);
        await silo.SeenAsync("ready");
        try
        {
            await OperateAsync();
        }
        finally
        {
            await end.CancelAsync();
            Assert.Equal(ExitCodes.Done, await serving);
        }

        Assert.Empty(_page.Mistakes(silo.All, "silo"));
    }

    private async Task OperateAsync()
    {
        await AskAsync("submit", "submit", At("job.yaml"));
        var watched = new EventLines();
        using var left = new CancellationTokenSource();
        Task<int> watching = watched.RunAsync(_error, left.Token, ["watch", "tiny-1", .. _place]);
        await watched.SeenAsync("progress");
        await left.CancelAsync();
        Assert.Equal(ExitCodes.Interrupted, await watching);
        Assert.Equal("detached", watched.Last);
        Assert.Empty(_page.Mistakes(watched.All, "watch"));

        await AskAsync("pause", "pause", "tiny-1");
        await AskAsync("resume", "resume", "tiny-1");
        await AskAsync("scale grid", "scale", "grid", "2");
        await AskAsync("scale JOB", "scale", "tiny-1", "1");
        await AskAsync("doctor", "doctor", "--http", _http);
        await AskAsync("list", "list");
        await AskAsync("show", "show", "tiny-1");
        await AskAsync("cancel", "cancel", "tiny-1");
        await AskAsync("watch", "watch", "tiny-1");
        await AskAsync("logs", "logs", "tiny-1");
        await AskAsync("export", "export", "tiny-1", "--out", At("model.safetensors"));
        await AskAsync("show", ExitCodes.BadInput, "show", "nobody-1");
    }

    private Task AskAsync(string verb, params string[] args) => AskAsync(verb, ExitCodes.Done, args);

    private async Task AskAsync(string verb, int expected, params string[] args)
    {
        var lines = new EventLines();
        int code = await lines.RunAsync(_error, CancellationToken.None, [.. args, .. _place]);

        Assert.True(code == expected, $"{string.Join(' ', args)} ended with {code}:\n{string.Join('\n', lines.All)}\n{_errors}");
        Assert.Contains(lines.Last, (string[])["completed", "cancelled", "failed"]);
        Assert.Empty(_page.Mistakes(lines.All, verb));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
