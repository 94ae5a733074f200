using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansSgd.Core.Randomness;

/// <summary>A Feistel network whose keyed functions are looked up: a half has so few values that each step's fit the nearest caches.</summary>
/// <remarks>Immutable; any number of threads may ask.</remarks>
internal sealed class FeistelTable
{
    /// <summary>Halves of more bits would take more room than is near: 64 KB at 12.</summary>
    public const int HalfBitsMax = 12;

    private readonly ushort[] _values; // [steps · 2^lowBits]; one step's after the other's
    private readonly int _lowBits;

    /// <param name="keys">One of each step, an even number.</param>
    /// <param name="lowBits">Of the lower half, which is as long as the upper one or a bit longer; at most <see cref="HalfBitsMax"/>.</param>
    /// <param name="lowMask">The lower half.</param>
    /// <param name="highMask">The upper half, shifted down.</param>
    public FeistelTable(ReadOnlySpan<ulong> keys, int lowBits, uint lowMask, uint highMask)
    {
        _lowBits = lowBits;
        _values = new ushort[keys.Length << lowBits];
        for (int step = 0; step < keys.Length; step++)
        {
            uint mask = step % 2 == 0 ? highMask : lowMask;
            Span<ushort> values = _values.AsSpan(step << lowBits, 1 << lowBits);
            for (int half = 0; half < values.Length; half++)
            {
                values[half] = (ushort)((uint)SplitMix.Mix((uint)half ^ keys[step]) & mask);
            }
        }
    }

    /// <summary>Shuffles each word.</summary>
    /// <param name="words">Each of both halves' bits and no more.</param>
    public void Shuffle(Span<int> words)
    {
        int bits = _lowBits;
        int mask = (1 << bits) - 1;
        ref ushort values = ref MemoryMarshal.GetArrayDataReference(_values);
        int end = _values.Length;
        foreach (ref int word in words)
        {
            // Both stay below 2^bits: that is where they were cut off, and all that a step changes.
            nint low = word & mask;
            nint high = (word >> bits) & mask;
            for (int step = 0; step < end; step += 2 << bits)
            {
                high ^= Unsafe.Add(ref values, step + low);
                low ^= Unsafe.Add(ref values, step + (1 << bits) + high);
            }

            word = (int)((high << bits) | low);
        }
    }
}
