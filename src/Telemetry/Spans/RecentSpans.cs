using System.Diagnostics;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>The newest timed spans of the process, for those who look at a run while it goes on. Listens only while somebody asks.</summary>
/// <remarks>
/// <para>Spans cost clock readings, so that nobody pays for them who does not look: the first question begins the listening, and a minute without
/// one ends it. Ledger spans are never asked for: a run whose ledger nobody took stays without one.</para>
/// <para>Any thread may call anything.</para>
/// </remarks>
public sealed class RecentSpans : IDisposable
{
    /// <summary>Spans that are kept: 4096 of some 200 bytes are 0.8 MB, and at one ticket in 256 a minute of 500 steps a second.</summary>
    public const int CountMax = 4096;

    /// <summary>How long after the last question the listening goes on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimedSpan[] _spans = new TimedSpan[CountMax];
    private readonly ITimer _end;
    private ActivityListener? _listener;
    private long _count;

    /// <param name="time">Tells when nobody has asked for a minute.</param>
    public RecentSpans(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _end = _time.CreateTimer(_ => Rest(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Those of this process: all its silos share one source of spans.</summary>
    public static RecentSpans OfProcess { get; } = new(TimeProvider.System);

    /// <summary>True while it listens.</summary>
    public bool IsListening
    {
        get
        {
            lock (_gate)
            {
                return _listener is not null;
            }
        }
    }

    /// <summary>What is kept of a job, oldest first; begins the listening, or lets it go on for a minute more.</summary>
    public TimedSpan[] Of(string job)
    {
        lock (_gate)
        {
            Listen();
            long first = Math.Max(0, _count - CountMax);
            var found = new List<TimedSpan>();
            for (long at = first; at < _count; at++)
            {
                TimedSpan span = _spans[at % CountMax];
                if (span.Job == job)
                {
                    found.Add(span);
                }
            }

            return [.. found];
        }
    }

    /// <summary>Stops listening for good.</summary>
    public void Dispose()
    {
        _end.Dispose();
        Rest();
    }

    private void Listen()
    {
        _end.Change(Patience, Timeout.InfiniteTimeSpan);
        if (_listener is null)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == TraceNames.Source,
                Sample = (ref ActivityCreationOptions<ActivityContext> span) =>
                    IsLedger(span.Name) ? ActivitySamplingResult.None : ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = Keep,
            };
            ActivitySource.AddActivityListener(_listener);
        }
    }

    private void Keep(Activity span)
    {
        // Another listener may have wanted a ledger span.
        if (!IsLedger(span.OperationName) && TimedSpan.Of(span) is { } kept)
        {
            lock (_gate)
            {
                _spans[_count++ % CountMax] = kept;
            }
        }
    }

    // What was heard before the pause would only look like gaps later.
    private void Rest()
    {
        ActivityListener? listener;
        lock (_gate)
        {
            listener = _listener;
            _listener = null;
            Array.Clear(_spans);
            _count = 0;
        }

        listener?.Dispose();
    }

    private static bool IsLedger(string name) => name.StartsWith(TraceNames.LedgerPrefix, StringComparison.Ordinal);
}
