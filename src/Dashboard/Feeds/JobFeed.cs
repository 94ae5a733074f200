using System.Buffers;
using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>One job: its newest figures, its curves since the feed began, and what happened to it.</summary>
/// <param name="job">Id of the job.</param>
internal sealed class JobFeed(DashboardOptions options, string job) : Feed(options)
{
    /// <summary>Events that a page opens with: the newest.</summary>
    public const int EventsMax = 500;

    private readonly Curve _curve = new();
    private readonly Queue<JobEvent> _events = new();
    private readonly RecentRate _rate = new();
    private JobProgress _progress = new();
    private string? _trouble;
    private double _accuracy = double.NaN;
    private int _eventsSeen;
    private bool _isAsked;
    private bool _isDrawn;

    /// <summary>Id of the job.</summary>
    public string Job => job;

    /// <summary>The newest figures.</summary>
    public JobProgress Progress => Volatile.Read(ref _progress);

    protected override bool IsOver => _isAsked && _progress.IsOver;

    protected override async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            IJobGrain grain = Grains.GetGrain<IJobGrain>(job);
            JobProgress progress = await grain.Progress(_eventsSeen).WaitAsync(cancellation);
            JobPoint[] before = _isDrawn || progress.Parameters == 0 ? [] : await grain.Curve().WaitAsync(cancellation);
            Change(before.Length > 0 ? "state" : "progress", () => Take(progress, before));
        }
        catch (Exception error) when (IsPassing(error))
        {
            Change("trouble", () => Trouble($"The job's coordinator does not answer: {error.Message}"));
        }
        catch (OperationCanceledException)
        {
            // The feed ends.
        }
    }

    protected override byte[] WriteState() => Write(json =>
    {
        WriteFigures(json);
        json.WriteKnown("trouble", _trouble);
        json.WritePropertyName("curve");
        _curve.Write(json);
        WriteEvents(json, _events);
    });

    private byte[] Take(JobProgress progress, JobPoint[] before)
    {
        _isAsked = true;
        _isDrawn |= progress.Parameters > 0;
        Recall(progress, before);
        _trouble = null;
        _eventsSeen = progress.EventsEnd;
        foreach (JobEvent happened in progress.Events)
        {
            _events.Enqueue(happened);
            _accuracy = happened.Kind == "evaluated" ? happened.TestAccuracy : _accuracy;
        }

        while (_events.Count > EventsMax)
        {
            _events.Dequeue();
        }

        _rate.Add(progress.Seconds, progress.Samples);
        Volatile.Write(ref _progress, progress with { Events = [] });
        CurvePoint point = CurvePoint.Of(progress, _rate.PerSecond, _accuracy);
        if (progress.Phase != JobPhase.Starting)
        {
            _curve.Add(point);
        }

        // A page that was open already has none of what was before: it begins anew.
        return before.Length > 0 ? WriteState() : Write(json =>
        {
            WriteFigures(json);
            json.WriteStartArray("point");
            for (int column = 0; column < CurvePoint.Names.Length; column++)
            {
                json.WriteFigure(point[column]);
            }

            json.WriteEndArray();
            WriteEvents(json, progress.Events);
        });
    }

    // The job's life before anybody of this process asked: the curves have no gap where a process ended.
    private void Recall(JobProgress progress, JobPoint[] before)
    {
        JobEvent[] evaluated = [.. progress.Events.Where(one => one.Kind == "evaluated")];
        foreach (JobPoint point in before.Where(point => point.Seconds < progress.Seconds))
        {
            _rate.Add(point.Seconds, point.Samples);
            double accuracy = evaluated.LastOrDefault(one => one.Seconds <= point.Seconds)?.TestAccuracy ?? double.NaN;
            _curve.Add(CurvePoint.Of(point.On(progress), _rate.PerSecond, accuracy));
        }
    }

    // Said once: a job that is away for long needs no frame for every poll.
    private byte[]? Trouble(string sentence)
    {
        bool isNew = _trouble is null;
        _trouble = sentence;
        return isNew ? Write(json => json.WriteString("trouble", sentence)) : null;
    }

    private void WriteFigures(Utf8JsonWriter json)
    {
        json.WritePropertyName("progress");
        ProgressJson.Write(json, job, _progress, _rate, _accuracy);
    }

    private static void WriteEvents(Utf8JsonWriter json, IEnumerable<JobEvent> events)
    {
        json.WriteStartArray("events");
        foreach (JobEvent happened in events)
        {
            ProgressJson.Write(json, happened);
        }

        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
