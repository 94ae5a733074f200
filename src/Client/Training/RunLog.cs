using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OrleansSgd.Client.Chaos;
using OrleansSgd.Client.Pages;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Training;

/// <summary>Keeps a run's events in a file beside its model, hands them on to whoever watches, and makes the run's page of them.</summary>
/// <remarks>
/// The file has the events of <c>--json</c> and a few more, so a page can be made of either. Progress is thinned as a run grows longer: after t seconds one
/// event in t / 1000 seconds is kept, which is some 6000 for a day. A disk that is full costs the page, not the run.
/// </remarks>
internal sealed class RunLog : ITrainReport, IDisposable
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "events.jsonl";

    private const double PeriodShare = 0.001;

    private readonly ITrainReport _shown;
    private readonly RunFolder _folder;
    private readonly string? _trace;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private double _nextProgressAt;
    private JobProgress? _newest;

    private RunLog(ITrainReport shown, RunFolder folder, string? trace, TimeProvider time)
    {
        (_shown, _folder, _time) = (shown, folder, time);
        _trace = trace is null || Path.GetDirectoryName(trace) == Path.GetFullPath(folder.Staging) ? Path.GetFileName(trace) : trace;
    }

    /// <summary>Whether training began: without that there is nothing to tell.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Begins the file in a run's staging folder.</summary>
    /// <param name="shown">Who watches.</param>
    /// <param name="trace">Where the trace is written; null for none.</param>
    /// <param name="time">Says when the run began.</param>
    public static RunLog Open(ITrainReport shown, RunFolder folder, string? trace, TimeProvider time)
    {
        var log = new RunLog(shown, folder, trace, time);
        log.Try(() => log._writer = new StreamWriter(Path.Combine(folder.Staging, FileName), append: false, new UTF8Encoding(false)));
        return log;
    }

    /// <inheritdoc/>
    public Task ShowAsync(Func<Task> body) => _shown.ShowAsync(body);

    /// <inheritdoc/>
    public void Say(string line) => _shown.Say(line);

    /// <inheritdoc/>
    public void Started(StartedFacts started)
    {
        HasStarted = true;
        Write("about", json =>
        {
            json.Text("version", VersionVerb.Version);
            json.Text("dotnet", Environment.Version.ToString());
            json.Text("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}");
            json.Number("processors", Environment.ProcessorCount);
            json.Number("memoryBytes", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            json.Text("startedAt", _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            using var plan = JsonDocument.Parse(started.Plan.ToJson());
            json.Value("plan", plan.RootElement);
        });
        Write(report => report.Started(started));
        _shown.Started(started);
    }

    /// <inheritdoc/>
    public void Progressed(ProgressFacts progress)
    {
        _newest = progress.Progress;
        if (_newest.Seconds >= _nextProgressAt)
        {
            _nextProgressAt = _newest.Seconds * (1 + PeriodShare);
            Write(report => report.Progressed(progress));
        }

        _shown.Progressed(progress);
    }

    /// <inheritdoc/>
    public void Recalled(ProgressFacts before)
    {
        Write(report => report.Progressed(before));
        _shown.Recalled(before);
    }

    /// <inheritdoc/>
    public void Evaluated(JobEvent evaluated)
    {
        Write(report => report.Evaluated(evaluated));
        _shown.Evaluated(evaluated);
    }

    /// <inheritdoc/>
    public void Resumed(JobEvent resumed)
    {
        Write(report => report.Resumed(resumed));
        _shown.Resumed(resumed);
    }

    /// <inheritdoc/>
    public void MembershipChanged(JobEvent change)
    {
        Write(report => report.MembershipChanged(change));
        _shown.MembershipChanged(change);
    }

    /// <inheritdoc/>
    public void Operated(JobEvent change)
    {
        Write(report => report.Operated(change));
        _shown.Operated(change);
    }

    /// <inheritdoc/>
    public void Straggling(JobEvent slow)
    {
        Write(report => report.Straggling(slow));
        _shown.Straggling(slow);
    }

    /// <inheritdoc/>
    public void Alarmed(double seconds, string alarm)
    {
        WriteSentence("alarm", seconds, alarm);
        _shown.Alarmed(seconds, alarm);
    }

    /// <inheritdoc/>
    public void Warned(double seconds, string warning)
    {
        WriteSentence("warning", seconds, warning);
        _shown.Warned(seconds, warning);
    }

    /// <inheritdoc/>
    public void Ended(EndedFacts ended) => _shown.Ended(ended);

    /// <summary>Keeps a step of a churn script.</summary>
    public void Did(ChaosDeed deed) => Write(events => ChaosEvents.Write(events, deed));

    /// <summary>Keeps what churn came to.</summary>
    public void Churned(ChaosFigures figures) => Write(events => ChaosEvents.Write(events, figures));

    /// <summary>Ends the file with how the run ended, and makes the page beside it. The folder has not got its name yet.</summary>
    public void Close(EndedFacts ended)
    {
        WriteDelays(ended.Progress);
        string? model = Path.GetFileName(ended.ModelPath);
        Write(report => report.Ended(ended with { ModelPath = model, TracePath = _trace, ReportPath = ReportFile.FileName }));
        MakePage();
    }

    /// <summary>Ends the file with why the run failed, makes the page, and gives the folder its name.</summary>
    /// <returns>Where the page is; null when the run never began, or its folder could not be kept.</returns>
    public string? Fail(Failure failure)
    {
        if (!HasStarted)
        {
            return null;
        }

        WriteDelays(_newest);
        Write("failed", json =>
        {
            json.Text("error", failure.Error);
            json.Number("code", failure.Code);
            json.Text("hint", failure.Hint);
            json.Text("trace", _trace);
        });
        MakePage();
        string? page = null;
        Try(() => page = ReportFile.In(_folder.Keep()));
        return page;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What could not be written was said when it was.
        Try(() => _writer?.Dispose());
        _writer = null;
    }

    private void WriteDelays(JobProgress? run)
    {
        if (run is { DelayCounts.Length: > 0 })
        {
            Write("delays", json =>
            {
                json.Number("width", run.DelayWidth);
                json.Numbers("counts", run.DelayCounts);
            });
        }
    }

    private void WriteSentence(string name, double seconds, string text) => Write(name, json =>
    {
        json.Measure("seconds", seconds);
        json.Text("text", text);
    });

    private void MakePage()
    {
        Dispose();
        Try(() => ReportFile.Write(_folder.Staging));
    }

    private void Write(string name, Action<EventFields> fields) => Write((EventWriter events) => events.Write(name, fields));

    private void Write(Action<ITrainReport> happening) => Try(() =>
    {
        if (_writer is not null)
        {
            happening(new JsonTrainReport(new Terminal(_writer, TextWriter.Null, false, static _ => null, _time)));
        }
    });

    private void Write(Action<EventWriter> happening) => Try(() =>
    {
        if (_writer is not null)
        {
            happening(new EventWriter(_writer));
        }
    });

    // Steps of a churn script come from another thread than progress.
    private void Try(Action write)
    {
        using Lock.Scope scope = _gate.EnterScope();
        try
        {
            write();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _writer = null;
            _shown.Say($"note: the page about this run is not complete: {trouble.Message}");
        }
    }
}
