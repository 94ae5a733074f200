using System.Text;
using System.Text.Json;
using OrleansSgd.Client;

namespace OrleansSgd.Docs.Tests;

/// <summary>Standard output of a verb with <c>--json</c>, which one can wait on event by event.</summary>
internal sealed class EventLines : TextWriter
{
    // Events come within a second; this only keeps a defect from hanging the suite.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, TaskCompletionSource> _awaited = [];

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>The lines so far.</summary>
    public string[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Name of the newest event.</summary>
    public string Last => NameOf(All[^1]);

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            _lines.Add(value!);
            Of(NameOf(value!)).TrySetResult();
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => throw new InvalidOperationException("With --json, standard output has whole lines only.");

    /// <summary>Completes when the first event of a name is there.</summary>
    public Task SeenAsync(string name)
    {
        lock (_gate)
        {
            return Of(name).Task.WaitAsync(PatienceMax);
        }
    }

    /// <summary>Runs the console in this process.</summary>
    /// <param name="error">Where standard error goes.</param>
    /// <param name="interrupted">Stands for Ctrl-C.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(TextWriter error, CancellationToken interrupted, params string[] args) =>
        GridApp.RunAsync([.. args, "--json"], new Terminal(this, error, false, static _ => null, TimeProvider.System), interrupted);

    private static string NameOf(string line) => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("event").GetString()!;

    private TaskCompletionSource Of(string name)
    {
        if (!_awaited.TryGetValue(name, out TaskCompletionSource? seen))
        {
            _awaited[name] = seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return seen;
    }
}
