using System.Numerics;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Randomness;

/// <summary>The numbers 0 .. count − 1 in a shuffled order that a seed fixes, without storing the order.</summary>
/// <remarks>
/// <para>A Feistel network shuffles the words of ⌈log₂ count⌉ bits: each step changes one half by a keyed function of the
/// other, which can be undone, so no two words meet. A result outside the range is put through again (cycle walking)
/// until it falls inside, less than twice on average; that keeps it one to one.</para>
/// <para>So any place of the order can be asked for at once: a lease on places 5000 .. 5999 of epoch 3 means the same rows
/// to every worker. Any number of threads may ask.</para>
/// </remarks>
public sealed class SeededPermutation
{
    private const int StepCount = 8;

    // Halves of a few bits need more steps before all orders come up equally often; the tests count them.
    private const int StepCountSmall = 16;
    private const int SmallBitsMax = 12;

    // Of vectors of 16 words; a block is whole ones.
    private const int WordsAtOnce = 32;
    private const int BlockLength = 8 * WordsAtOnce;

    // Faster one after another than as a vector.
    private const int FewWords = 3;

    private readonly ulong[] _keys;
    private readonly int _lowBits;
    private readonly uint _lowMask;
    private readonly uint _highMask;
    private volatile FeistelTable? _table;
    private int _asked; // rows; threads that ask at once may miss some

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
        FeistelTable? table = Vector512.IsHardwareAccelerated ? null : TableFor(rows.Length);
        if (table is not null || Vector512.IsHardwareAccelerated)
        {
            FillBlocks(start, rows, table);
            return;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = Walk(start + i);
        }
    }

    // Worth its making once about as many rows were asked for as it has values.
    private FeistelTable? TableFor(int length)
    {
        if (_table is null && _lowBits <= FeistelTable.HalfBitsMax)
        {
            _asked += Math.Min(length, _keys.Length << _lowBits);
            if (_asked >= _keys.Length << _lowBits)
            {
                _table = new FeistelTable(_keys, _lowBits, _lowMask, _highMask);
            }
        }

        return _table;
    }

    // Words outside the range are put through again, but only those: of as many places as a block has, some take several turns.
    private void FillBlocks(int start, Span<int> rows, FeistelTable? table)
    {
        Span<int> words = stackalloc int[BlockLength];
        Span<int> places = stackalloc int[BlockLength];
        for (int done = 0; done < rows.Length; done += BlockLength)
        {
            Span<int> block = rows.Slice(done, Math.Min(BlockLength, rows.Length - done));
            int open = block.Length;
            for (int i = 0; i < open; i++)
            {
                (places[i], block[i]) = (i, start + done + i);
            }

            while (open > FewWords)
            {
                open = ShuffleOpen(block, places[..open], words, table);
            }

            foreach (int place in places[..open])
            {
                block[place] = Walk(block[place]);
            }
        }
    }

    // Leaves the places whose words are still outside, and answers how many they are.
    private int ShuffleOpen(Span<int> block, Span<int> places, Span<int> words, FeistelTable? table)
    {
        for (int i = 0; i < places.Length; i++)
        {
            words[i] = block[places[i]];
        }

        if (table is not null)
        {
            table.Shuffle(words[..places.Length]);
        }
        else
        {
            for (int at = 0; at < places.Length; at += WordsAtOnce)
            {
                Shuffle(words.Slice(at, WordsAtOnce));
            }
        }

        int open = 0;
        for (int i = 0; i < places.Length; i++)
        {
            int place = places[i];
            block[place] = words[i];
            places[open] = place;
            open += (uint)words[i] >= (uint)Count ? 1 : 0;
        }

        return open;
    }

    // Four vectors side by side: each is a chain of products that wait for one another.
    private void Shuffle(Span<int> words)
    {
        (Vector512<ulong> a, Vector512<ulong> b) = Vector512.Widen(Vector512.Create<int>(words).AsUInt32());
        (Vector512<ulong> c, Vector512<ulong> d) = Vector512.Widen(Vector512.Create<int>(words[(WordsAtOnce / 2)..]).AsUInt32());
        Shuffle(ref a, ref b, ref c, ref d);
        Vector512.Narrow(a, b).AsInt32().CopyTo(words);
        Vector512.Narrow(c, d).AsInt32().CopyTo(words[(WordsAtOnce / 2)..]);
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
