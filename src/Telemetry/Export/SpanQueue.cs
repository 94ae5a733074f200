using System.Diagnostics;

namespace OrleansSgd.Telemetry.Export;

/// <summary>Spans on their way to one writer. Ledger spans wait for room, timed spans are dropped when it grows tight.</summary>
/// <remarks>Spans leave in the order in which they came. Any thread may add; one takes.</remarks>
/// <param name="capacity">Spans that may wait. Timed spans get half of it, so that they never make a ledger span wait.</param>
internal sealed class SpanQueue(int capacity)
{
    private readonly Queue<Activity> _spans = new();
    private readonly object _gate = new();
    private bool _isEnded;

    /// <summary>Timed spans for which there was no room.</summary>
    public long DroppedCount { get; private set; }

    /// <summary>Adds a span, or waits until there is room for it.</summary>
    public void Add(Activity span)
    {
        bool mayWait = span.OperationName.StartsWith(TraceNames.LedgerPrefix, StringComparison.Ordinal);
        lock (_gate)
        {
            if (!mayWait && _spans.Count >= capacity / 2)
            {
                DroppedCount++;
                return;
            }

            while (_spans.Count >= capacity && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            if (!_isEnded)
            {
                _spans.Enqueue(span);
                PulseIf(_spans.Count == 1); // the writer waits only for the first
            }
        }
    }

    /// <summary>Waits for spans and takes the oldest.</summary>
    /// <param name="batch">Is emptied, then filled.</param>
    /// <returns>False when the queue has ended and nothing is left.</returns>
    public bool Take(List<Activity> batch, int countMax)
    {
        batch.Clear();
        lock (_gate)
        {
            while (_spans.Count == 0 && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            bool wasFull = _spans.Count >= capacity;
            while (batch.Count < countMax && _spans.TryDequeue(out Activity? span))
            {
                batch.Add(span);
            }

            PulseIf(wasFull); // others wait only for room
        }

        return batch.Count > 0;
    }

    /// <summary>No span is taken in from now on, and nobody waits any more. What is in can still be taken.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void PulseIf(bool anybodyMayWait)
    {
        if (anybodyMayWait)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
