using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace OrleansSgd.Telemetry.Export;

/// <summary>Writes the spans of one job to a file of OTLP JSON lines, on a thread of its own.</summary>
/// <remarks>
/// <para>Open it before the job starts and dispose of it after the job's ledger is closed: spans made outside are not in it.</para>
/// <para>Ledger spans are never dropped: when the disk is slower than the run, the run waits. Timed spans are dropped then.</para>
/// <para>A disk that fails ends the file, not the run: <see cref="Error"/> says so, and without its <c>ledger.close</c> the file is not whole.</para>
/// <para>Listens by itself: variables that steer the OpenTelemetry SDK (a sampler, limits, OTEL_SDK_DISABLED) do not make holes in a ledger.</para>
/// </remarks>
public sealed class TraceFile : IDisposable
{
    /// <summary>Spans that may wait for the disk: 256 of at most 64 KiB of rows are 16 MiB.</summary>
    public const int WaitingMax = 256;

    // Lines of at most a megabyte or two: a reader holds one at a time.
    private const int SpansPerLineMax = 16;

    private readonly Stream _stream;
    private readonly SpanQueue _queue = new(WaitingMax);
    private readonly ActivityListener _listener;
    private readonly Thread _thread;
    private readonly Action<string>? _report;
    private volatile string? _error;
    private int _isDisposed;

    /// <summary>Creates the file and begins to listen.</summary>
    /// <param name="path">Where; its folder must exist. A file that is there is replaced.</param>
    /// <param name="job">The job whose spans are kept.</param>
    /// <param name="report">Is told, once and on the writer's thread, when the file cannot be written on; one sentence.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be created.</exception>
    public TraceFile(string path, JobTrace job, Action<string>? report = null)
        : this(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), job, report)
    {
    }

    /// <param name="stream">Is disposed of with the file.</param>
    internal TraceFile(Stream stream, JobTrace job, Action<string>? report)
    {
        ArgumentNullException.ThrowIfNull(job);
        _stream = stream;
        _report = report;
        _thread = new Thread(Write) { IsBackground = true, Name = $"trace of {job.Job}" };
        _thread.Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TraceNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> span) =>
                span.Parent.TraceId == job.Id ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                // Another listener may have wanted a span of another job.
                if (job.Holds(span))
                {
                    _queue.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Why the file is not whole, as a sentence; null while all is well.</summary>
    public string? Error => _error;

    /// <summary>Timed spans that were left out because the disk was slow.</summary>
    public long DroppedCount => _queue.DroppedCount;

    /// <summary>Stops listening, writes what waits, and closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _listener.Dispose();
            _queue.End();
            _thread.Join();
        }
    }

    private void Write()
    {
        var batch = new List<Activity>(SpansPerLineMax);
        try
        {
            using (_stream)
            {
                var line = new ArrayBufferWriter<byte>();
                using var json = new Utf8JsonWriter(line, OtlpJson.Options);
                while (_queue.Take(batch, SpansPerLineMax))
                {
                    line.ResetWrittenCount();
                    json.Reset();
                    OtlpJson.Write(json, batch);
                    json.Flush();
                    line.Write("\n"u8);
                    _stream.Write(line.WrittenSpan);
                }
            }
        }
        catch (Exception error)
        {
            // Whatever it is, it must not take training down: without its end the file says itself that it is not whole.
            _queue.End();
            _error = $"The trace is not whole: {error.Message} Training goes on; make room on the disk before the next run.";
            _report?.Invoke(_error);
        }
    }
}
