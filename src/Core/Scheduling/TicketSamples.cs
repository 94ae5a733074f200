namespace OrleansSgd.Core.Scheduling;

/// <summary>Remembers which samples went into the newest tickets, so that an update that is lost can name its own.</summary>
/// <remarks>
/// At most <see cref="CountMax"/> tickets, 16 bytes each. A shard is restored from a view, and a view is older than that only when every worker
/// with a newer one died while another slept through 65 536 updates.
/// </remarks>
public sealed class TicketSamples
{
    /// <summary>Tickets that are remembered.</summary>
    public const int CountMax = 1 << 16;

    private const int CountFirst = 256;

    private Batch[] _batches = new Batch[CountFirst];
    private long _next;

    private readonly record struct Batch(int Epoch, int Start, int End, bool IsKnown);

    /// <summary>A ticket was given; tickets come in ascending order, and some may be left out.</summary>
    public void Note(long ticket, int epoch, int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ticket, _next);
        if (ticket >= _batches.Length && _batches.Length < CountMax)
        {
            Grow(ticket);
        }

        for (long skipped = Math.Max(_next, ticket - _batches.Length); skipped < ticket; skipped++)
        {
            _batches[skipped % _batches.Length] = default;
        }

        _batches[ticket % _batches.Length] = new Batch(epoch, start, end, true);
        _next = ticket + 1;
    }

    /// <summary>Where the samples of a ticket are, an empty range for a flush; false when it is too old.</summary>
    public bool TryFind(long ticket, out int epoch, out SampleRange range)
    {
        bool isThere = ticket >= 0 && ticket < _next && ticket >= _next - _batches.Length;
        Batch batch = isThere ? _batches[ticket % _batches.Length] : default;
        (epoch, range) = (batch.Epoch, new SampleRange(batch.Start, batch.End));
        return batch.IsKnown;
    }

    // While it grows nothing has been overwritten yet, so a ticket is its own place.
    private void Grow(long ticket)
    {
        int length = _batches.Length;
        while (length <= ticket && length < CountMax)
        {
            length *= 2;
        }

        Array.Resize(ref _batches, length);
    }
}
