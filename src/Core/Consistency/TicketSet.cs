using System.Numerics;

namespace OrleansSgd.Core.Consistency;

/// <summary>A set of tickets that fills up from below: everything under the watermark, and a few above it.</summary>
/// <remarks>
/// A shard keeps the tickets it has settled (applied, or declared void) in one. Tickets arrive nearly in order, so the
/// part above the watermark is a short bitmap in a ring that grows only when a ticket stays open for long.
/// Not thread-safe.
/// </remarks>
public sealed class TicketSet
{
    /// <summary>How far above the watermark a ticket may lie: 2²⁶, a bitmap of 8 MiB.</summary>
    /// <remarks>A worker has one open ticket, so honest ones lie within a few times the workers; beyond this it is damage.</remarks>
    public const long ReachMax = 1L << 26;

    private ulong[] _above = new ulong[4];

    // The word of the bitmap that holds the watermark; words are addressed modulo the ring's length.
    private long _firstWord;
    private long _lastWord;

    /// <summary>Every ticket below this is in the set; this one is not.</summary>
    public long Watermark { get; private set; }

    /// <summary>Tickets in the set above the watermark.</summary>
    public int ExceptionCount { get; private set; }

    /// <summary>The ticket after the highest one in the set.</summary>
    public long End { get; private set; }

    /// <summary>True when <paramref name="ticket"/> is in the set.</summary>
    public bool Contains(long ticket)
    {
        if (ticket < Watermark)
        {
            return ticket >= 0;
        }

        long word = ticket >> 6;
        return word <= _lastWord && (_above[Slot(word)] >> (int)(ticket & 63) & 1) != 0;
    }

    /// <summary>True when <paramref name="ticket"/> is one that <see cref="Add"/> takes.</summary>
    public bool Reaches(long ticket) => ticket >= 0 && ticket - Watermark < ReachMax;

    /// <summary>Adds one ticket; false when it was there already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or <see cref="ReachMax"/> or more above the watermark.</exception>
    public bool Add(long ticket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ticket);
        if (Contains(ticket))
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ticket - Watermark, ReachMax, nameof(ticket));

        long word = ticket >> 6;
        Reach(word);
        _above[Slot(word)] |= 1UL << (int)(ticket & 63);
        End = Math.Max(End, ticket + 1);
        ExceptionCount++;
        if (ticket == Watermark)
        {
            Advance();
        }

        return true;
    }

    /// <summary>Writes the tickets above the watermark, ascending, into <paramref name="tickets"/>.</summary>
    /// <param name="tickets">Room for <see cref="ExceptionCount"/>.</param>
    public void CopyExceptionsTo(Span<long> tickets)
    {
        int count = 0;
        for (long word = _firstWord; word <= _lastWord; word++)
        {
            ulong bits = _above[Slot(word)];
            if (word == _firstWord)
            {
                bits &= ulong.MaxValue << (int)(Watermark & 63);
            }

            while (bits != 0)
            {
                tickets[count++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
            }
        }
    }

    /// <summary>Becomes the set of all tickets below the watermark and the given ones above it.</summary>
    /// <exception cref="ArgumentException">A ticket is not above the watermark, or too far above. Nothing was changed.</exception>
    public void Load(long watermark, ReadOnlySpan<long> exceptions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(watermark);
        foreach (long ticket in exceptions)
        {
            if (ticket <= watermark || ticket - watermark >= ReachMax)
            {
                throw new ArgumentException(
                    $"Ticket {ticket} is listed above the watermark {watermark}; exceptions lie 1 to {ReachMax - 1} above it.",
                    nameof(exceptions));
            }
        }

        Array.Clear(_above);
        Watermark = watermark;
        End = watermark;
        ExceptionCount = 0;
        _firstWord = _lastWord = watermark >> 6;
        foreach (long ticket in exceptions)
        {
            Add(ticket);
        }
    }

    /// <summary>Becomes a copy of <paramref name="other"/>.</summary>
    public void CopyFrom(TicketSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        long[] exceptions = new long[other.ExceptionCount];
        other.CopyExceptionsTo(exceptions);
        Load(other.Watermark, exceptions);
    }

    private void Advance()
    {
        while (true)
        {
            ulong bits = _above[Slot(_firstWord)] >> (int)(Watermark & 63);
            int run = BitOperations.TrailingZeroCount(~bits);
            int room = 64 - (int)(Watermark & 63);
            run = Math.Min(run, room);
            Watermark += run;
            ExceptionCount -= run;
            if (run < room)
            {
                return;
            }

            _above[Slot(_firstWord)] = 0;
            _firstWord++;
            _lastWord = Math.Max(_lastWord, _firstWord);
        }
    }

    private void Reach(long word)
    {
        if (word - _firstWord >= _above.Length)
        {
            ulong[] wider = new ulong[BitOperations.RoundUpToPowerOf2((uint)(word - _firstWord + 1))];
            for (long w = _firstWord; w <= _lastWord; w++)
            {
                wider[(int)(w & (wider.Length - 1))] = _above[Slot(w)];
            }

            _above = wider;
        }

        _lastWord = Math.Max(_lastWord, word);
    }

    private int Slot(long word) => (int)(word & (_above.Length - 1));
}
