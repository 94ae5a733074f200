using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Running;

/// <summary>A real <c>grid silo</c> in a process of its own, and the console that talks to it.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Task<string> _rest;

    private SiloProcess(Process process, Task<string> error, JsonElement ready)
    {
        (_process, _error, Ready) = (process, error, ready);
        _rest = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>What it said when it was ready.</summary>
    public JsonElement Ready { get; }

    /// <summary>Where its health is.</summary>
    public Uri Http => new(Ready.GetProperty("http").GetString()!);

    /// <summary>What each of its threads may run on, as Linux writes it.</summary>
    public IEnumerable<string> Processors
    {
        get
        {
            const string Key = "Cpus_allowed_list:";
            foreach (string task in Directory.EnumerateDirectories($"/proc/{_process.Id}/task"))
            {
                string[] lines;
                try
                {
                    lines = File.ReadAllLines(Path.Combine(task, "status"));
                }
                catch (IOException)
                {
                    continue; // it has ended since
                }

                yield return lines.First(line => line.StartsWith(Key, StringComparison.Ordinal))[Key.Length..].Trim();
            }
        }
    }

    /// <summary>Starts a silo and waits until it is ready.</summary>
    /// <param name="place">Ports and folders, the same for the next life.</param>
    public static async Task<SiloProcess> StartAsync(GridOfTest place, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "grid.dll"), "silo", "--json", .. more])
        {
            WorkingDirectory = place.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in place.Variables)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(PatienceMax);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            JsonElement happened = JsonSerializer.Deserialize<JsonElement>(line);
            if (happened.GetProperty("event").GetString() == "ready")
            {
                return new SiloProcess(process, error, happened);
            }
        }

        throw new InvalidOperationException($"The silo ended before it was ready: {await error}");
    }

    /// <summary>As a crash does: kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    /// <summary>As an orchestrator does: SIGTERM.</summary>
    /// <returns>How it ended.</returns>
    public async Task<GridRun> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await EndAsync();
        return new GridRun(_process.ExitCode, await _rest, await _error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(PatienceMax);
        await _process.WaitForExitAsync(patience.Token);
    }
}

/// <summary>Where the silos of one test live: a folder, ports, and the environment that says so to silo and console alike.</summary>
internal sealed class GridOfTest : IDisposable
{
    private readonly TempFolder _folder = new();

    public GridOfTest()
    {
        int[] ports = FreePorts.Of(2);
        Variables = new Dictionary<string, string?>
        {
            ["GRID_STORE"] = _folder["store"],
            ["GRID_CHECKPOINT"] = "0.2",
            ["GRID_OUT"] = _folder["runs"],
            ["GRID_GATEWAY_PORT"] = ports[0].ToString(CultureInfo.InvariantCulture),
            ["GRID_HTTP"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[1]}"),
            ["ORLEANS_INPROCESS_SECRETS"] = _folder["secrets"],
        };
    }

    public string Folder => _folder.Path;

    public Dictionary<string, string?> Variables { get; }

    public string this[string name] => _folder[name];

    /// <summary>Writes a file.</summary>
    public string Text(string name, string content) => _folder.Text(name, content);

    /// <summary>Runs the console in a process of its own.</summary>
    public Task<GridRun> ConsoleAsync(params string[] args) => GridRun.ProcessAsync(Variables, Folder, args);

    /// <summary>As above.</summary>
    /// <param name="begun">Completed when it has printed its first line, or has ended without one.</param>
    public Task<GridRun> ConsoleAsync(string[] args, TaskCompletionSource begun) => GridRun.ProcessAsync(
        Variables,
        Folder,
        async (_, output) =>
        {
            string? first = await output.ReadLineAsync();
            begun.SetResult();
            return first is null ? "" : first + "\n";
        },
        args);

    /// <summary>Runs the console, which must succeed, and reads its closing event.</summary>
    public async Task<JsonElement> AskAsync(params string[] args)
    {
        GridRun run = await ConsoleAsync([.. args, "--json"]);
        Assert.True(run.ExitCode == 0, $"grid {string.Join(' ', args)}: {run.ExitCode}\n{run.Out}\n{run.Error}");
        return JsonSerializer.Deserialize<JsonElement>(run.Lines[^1]);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
