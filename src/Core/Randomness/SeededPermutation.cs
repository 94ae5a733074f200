using System.Numerics;

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
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = Walk(start + i);
        }
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
