using System.Diagnostics;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>One chain of ledger spans: numbers them, gives each its digest, and hands them to whoever takes spans.</summary>
/// <remarks>One span at a time: Begin, its attributes in order, End. Not thread-safe.</remarks>
/// <param name="generation">Which coordinator of the job writes it; stands in its spans from the second on.</param>
internal sealed class LedgerChain(JobTrace job, long generation = 1) : IDisposable
{
    private readonly DigestChain _digest = new();
    private Activity? _span;
    private long _sequence;

    /// <summary>Begins a span.</summary>
    /// <returns>False when nobody takes it.</returns>
    public bool Begin(string name)
    {
        _span = job.Start(name);
        _digest.Begin(name);
        _digest.Add(TraceNames.JobId, job.Job);
        return _span is not null;
    }

    /// <summary>The span's place in the chain.</summary>
    public void AddSequence()
    {
        Add(TraceNames.Sequence, _sequence++);
        if (generation > 1)
        {
            Add(TraceNames.Generation, generation);
        }
    }

    public void Add(string name, string value)
    {
        _span?.SetTag(name, value);
        _digest.Add(name, value);
    }

    public void Add(string name, long value)
    {
        _span?.SetTag(name, value);
        _digest.Add(name, value);
    }

    public void Add(string name, bool value)
    {
        _span?.SetTag(name, value);
        _digest.Add(name, value);
    }

    public void Add(string name, double value)
    {
        _span?.SetTag(name, value);
        _digest.Add(name, value);
    }

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        _span?.SetTag(name, value.ToArray());
        _digest.Add(name, value);
    }

    /// <summary>A figure that may not be known; it is then left out.</summary>
    public void AddKnown(string name, double? value)
    {
        if (value is { } known && !double.IsNaN(known))
        {
            Add(name, known);
        }
    }

    /// <summary>A text that there may not be; it is then left out.</summary>
    public void AddKnown(string name, string? value)
    {
        if (value is not null)
        {
            Add(name, value);
        }
    }

    public void End()
    {
        string digest = _digest.End();
        if (_span is { } span)
        {
            span.SetTag(TraceNames.Digest, digest);
            span.Dispose();
            _span = null;
        }
    }

    public void Dispose() => _digest.Dispose();
}
