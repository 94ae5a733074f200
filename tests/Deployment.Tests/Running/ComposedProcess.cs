using System.Diagnostics;
using System.Text;

namespace OrleansSgd.Deployment.Tests.Running;

/// <summary>One service of the compose file as a plain process, with what it has said so far.</summary>
internal sealed class ComposedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly string _name;

    private ComposedProcess(string name, Process process)
    {
        _name = name;
        _process = process;
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything on standard output and error.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>True once it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it, with these variables of ours and the system's own.</summary>
    public static ComposedProcess Start(string name, string folder, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string variable in start.Environment.Keys.Where(variable => variable.StartsWith("GRID_", StringComparison.Ordinal)
            || variable.StartsWith("OTEL_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        return new(name, Process.Start(start)!);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancellation.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {limit}; it said:\n{Said}");
        }
    }

    /// <summary>Waits until it has said something; ends early when it has ended.</summary>
    public async Task SaysAsync(string text, TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource(limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Said.Contains(text, StringComparison.Ordinal) && !HasEnded)
        {
            await timer.WaitForNextTickAsync(cancellation.Token);
        }

        Assert.True(Said.Contains(text, StringComparison.Ordinal), $"{_name} ended without saying '{text}':\n{Said}");
    }

    /// <summary>Ends it without a word, as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends the signal that an engine sends to stop a container.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _said.AppendLine(line.Data);
        }
    }
}
