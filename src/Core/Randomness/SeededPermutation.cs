using System.Numerics;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Randomness;

/// <summary>The numbers 0 .. count − 1 in a shuffled order that a seed fixes, without storing the order.</summary>
/// <remarks>
/// <para>A Feistel network shuffles the words of ⌈log₂ count⌉ bits: each step changes one half by a keyed function of the
/// other, which can be undone, so no two words meet. A result outside the range is put through again (cycle walking)
/// until it falls inside, less than twice on average; that keeps it one to one.</para>
/// <para>So any place of the order can be asked for at once: a lease on places 5000 .. 5999 of epoch 3 means the same rows
/// to every worker. Immutable; any number of threads may ask.</para>
/// </remarks>
public sealed class SeededPermutation
{
    private const int StepCount = 8;

    // Halves of a few bits need more steps before all orders come up equally often; the tests count them.
    private const int StepCountSmall = 16;
    private const int SmallBitsMax = 12;

    private readonly ulong[] _keys;
    private readonly int _lowBits;
    private readonly uint _lowMask;
    private readonly uint _highMask;

    /// <param name="count">Numbers to shuffle; at least 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Which of the seed's orders; the epoch, for instance.</param>
    public SeededPermutation(int count, ulong seed, ulong stream = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        int bits = 32 - BitOperations.LeadingZeroCount((uint)(count - 1));
        _lowBits = (bits + 1) / 2;
        _lowMask = (1u << _lowBits) - 1;
        _highMask = (1u << (bits - _lowBits)) - 1;
        SeededRandom random = new(seed, stream);
        _keys = new ulong[bits <= SmallBitsMax ? StepCountSmall : StepCount];
        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = random.NextUInt64();
        }
    }

    /// <summary>How many numbers are shuffled.</summary>
    public int Count { get; }

    /// <summary>The number at <paramref name="position"/>, 0 .. Count − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside [0, Count).</exception>
    public int this[int position]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);
            return Walk(position);
        }
    }

    /// <summary>Writes the numbers at the positions from <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The positions run past the end. Nothing was written.</exception>
    public void Fill(int start, Span<int> rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, Count - start, nameof(rows));
        int done = Vector512.IsHardwareAccelerated ? FillWide(start, rows) : 0;
        for (; done < rows.Length; done++)
        {
            rows[done] = Walk(start + done);
        }
    }

    // Four vectors side by side: each is a chain of products that wait for one another. Words outside the range are put through again.
    private int FillWide(int start, Span<int> rows)
    {
        const int Width = 8;
        Vector512<ulong> end = Vector512.Create((ulong)Count);
        Vector512<ulong> first = Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        int done = 0;
        for (; done <= rows.Length - (4 * Width); done += 4 * Width)
        {
            Vector512<ulong> at = first + Vector512.Create((ulong)(start + done));
            Vector512<ulong> a = at, b = at + Vector512.Create(8UL), c = at + Vector512.Create(16UL), d = at + Vector512.Create(24UL);
            Shuffle(ref a, ref b, ref c, ref d);
            while (Vector512.GreaterThanOrEqualAny(Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d)), end))
            {
                (Vector512<ulong> p, Vector512<ulong> q, Vector512<ulong> r, Vector512<ulong> s) = (a, b, c, d);
                Shuffle(ref p, ref q, ref r, ref s);
                a = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(a, end), p, a);
                b = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(b, end), q, b);
                c = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(c, end), r, c);
                d = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(d, end), s, d);
            }

            Vector512.Narrow(a, b).AsInt32().CopyTo(rows[done..]);
            Vector512.Narrow(c, d).AsInt32().CopyTo(rows[(done + (2 * Width))..]);
        }

        return done;
    }

    private void Shuffle(ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d)
    {
        Vector512<ulong> lowMask = Vector512.Create((ulong)_lowMask);
        Vector512<ulong> highMask = Vector512.Create((ulong)_highMask);
        int bits = _lowBits;
        Vector512<ulong> la = a & lowMask, lb = b & lowMask, lc = c & lowMask, ld = d & lowMask;
        Vector512<ulong> ha = a >>> bits, hb = b >>> bits, hc = c >>> bits, hd = d >>> bits;
        ReadOnlySpan<ulong> keys = _keys;
        for (int i = 0; i < keys.Length; i += 2)
        {
            Vector512<ulong> key = Vector512.Create(keys[i]);
            ha ^= SplitMix.Mix(la ^ key) & highMask;
            hb ^= SplitMix.Mix(lb ^ key) & highMask;
            hc ^= SplitMix.Mix(lc ^ key) & highMask;
            hd ^= SplitMix.Mix(ld ^ key) & highMask;
            key = Vector512.Create(keys[i + 1]);
            la ^= SplitMix.Mix(ha ^ key) & lowMask;
            lb ^= SplitMix.Mix(hb ^ key) & lowMask;
            lc ^= SplitMix.Mix(hc ^ key) & lowMask;
            ld ^= SplitMix.Mix(hd ^ key) & lowMask;
        }

        (a, b, c, d) = ((ha << bits) | la, (hb << bits) | lb, (hc << bits) | lc, (hd << bits) | ld);
    }

    private int Walk(int position)
    {
        uint word = (uint)position;
        do
        {
            word = Shuffle(word);
        }
        while (word >= (uint)Count);

        return (int)word;
    }

    private uint Shuffle(uint word)
    {
        uint low = word & _lowMask;
        uint high = word >> _lowBits;
        ReadOnlySpan<ulong> keys = _keys;
        for (int i = 0; i < keys.Length; i += 2)
        {
            high ^= (uint)SplitMix.Mix(low ^ keys[i]) & _highMask;
            low ^= (uint)SplitMix.Mix(high ^ keys[i + 1]) & _lowMask;
        }

        return (high << _lowBits) | low;
    }
}
