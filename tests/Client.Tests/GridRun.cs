using System.Diagnostics;

namespace OrleansSgd.Client.Tests;

/// <summary>What one run of the console printed, and how it ended.</summary>
internal sealed record GridRun(int ExitCode, string Out, string Error)
{
    // A run of these tests takes a second or two; this only keeps a defect from hanging the suite.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the console inside this process, with captured streams and without a terminal.</summary>
    public static Task<GridRun> InProcessAsync(params string[] args) => InProcessAsync(CancellationToken.None, args);

    /// <summary>As above; the token stands for Ctrl-C.</summary>
    public static async Task<GridRun> InProcessAsync(CancellationToken interrupted, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(
            TextWriter.Synchronized(output), TextWriter.Synchronized(error), false, static _ => null, TimeProvider.System);
        int exitCode = await GridApp.RunAsync(args, terminal, interrupted);
        return new GridRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the real program, its Main included, as a process with redirected streams.</summary>
    /// <param name="variables">Environment; a null value removes the variable.</param>
    public static Task<GridRun> ProcessAsync(
        IReadOnlyDictionary<string, string?> variables, string folder, params string[] args) =>
        ProcessAsync(variables, folder, whileRunning: null, args);

    /// <summary>As above.</summary>
    /// <param name="whileRunning">Called once with the process and a reader of its output; null to just wait.</param>
    public static Task<GridRun> ProcessAsync(
        IReadOnlyDictionary<string, string?> variables, string folder, Func<Process, StreamReader, Task<string>>? whileRunning, params string[] args) =>
        StartAsync("dotnet", variables, folder, [Path.Combine(AppContext.BaseDirectory, "grid.dll"), .. args], whileRunning);

    /// <summary>Runs any program.</summary>
    /// <param name="whileRunning">Called once with the process and a reader of its output; null to just wait.</param>
    public static async Task<GridRun> StartAsync(
        string program, IReadOnlyDictionary<string, string?> variables, string folder, string[] args,
        Func<Process, StreamReader, Task<string>>? whileRunning = null)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        using var patience = new CancellationTokenSource(PatienceMax);
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
            string before = whileRunning is null ? "" : await whileRunning(process, process.StandardOutput);
            string output = before + await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new GridRun(process.ExitCode, output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', args)} did not end within {PatienceMax}.");
            throw;
        }
    }
}
