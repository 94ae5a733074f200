using System.Runtime.Intrinsics;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Consistency.Sketches;

/// <summary>A short linear image of a long vector whose squared length is, on average, the vector's own.</summary>
/// <remarks>
/// <para>Counter h(i) receives s(i)·xᵢ, with random signs s. E‖y‖² = ‖x‖², because every product of two different
/// coordinates carries an independent sign; the variance is at most 2‖x‖⁴ / r, because two coordinates share a counter with
/// probability at most 1 / r.</para>
/// <para>Only that pair probability matters, so h need not scatter single coordinates: r neighbours go to the r counters in
/// order, rotated by a random shift per block. Then a dense vector streams through in whole SIMD registers, and one hash
/// gives 64 signs.</para>
/// <para>Linear: the sketch of a sum is the sum of the sketches, which is why lost updates can be found by comparing a
/// shard's sketch with what it should be. Sketches made with different seed, shard or width must not be mixed.</para>
/// <para>Immutable; any number of threads may use it. Allocates nothing.</para>
/// </remarks>
public sealed class CountSketch
{
    /// <summary>Fewest counters: one 64-bit word of signs per block.</summary>
    public const int WidthMin = 64;

    private readonly ulong _signKey;
    private readonly ulong _shiftKey;

    /// <param name="width">r: a power of two, 64 to 4096. The relative error is about √(2 / r): 12.5 % at 128, 9 % at 256.</param>
    /// <param name="seed">The run's seed; all workers use the same.</param>
    /// <param name="shard">Shards hash differently, so that their errors average out.</param>
    /// <exception cref="ArgumentException">The width is not a power of two in the range.</exception>
    public CountSketch(int width, ulong seed, int shard)
    {
        if (width is < WidthMin or > Ledger.TicketRecord.SketchWidthMax || !int.IsPow2(width))
        {
            throw new ArgumentException(
                $"Sketch width is {width}; use a power of two, {WidthMin} to {Ledger.TicketRecord.SketchWidthMax}.", nameof(width));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        Width = width;
        SeededRandom random = new(seed, (ulong)shard + 1);
        _signKey = random.NextUInt64();
        _shiftKey = random.NextUInt64();
    }

    /// <summary>r, counters.</summary>
    public int Width { get; }

    /// <summary>Standard deviation of ‖y‖² / ‖x‖² is at most this.</summary>
    public double RelativeError => Math.Sqrt(2.0 / Width);

    /// <summary>Squared norm of a sketch: the estimate of the squared norm of what was sketched.</summary>
    public static double NormSquared(ReadOnlySpan<double> sketch)
    {
        double sum = 0;
        foreach (double counter in sketch)
        {
            sum += counter * counter;
        }

        return sum;
    }

    /// <summary>y ← y + sketch(values).</summary>
    /// <param name="values">The whole shard slice, coordinate 0 first.</param>
    /// <param name="sketch">[<see cref="Width"/>].</param>
    public void Add(ReadOnlySpan<float> values, Span<double> sketch) => Accumulate(values, sketch, 0);

    /// <summary>y ← y − sketch(values).</summary>
    /// <param name="values">The whole shard slice, coordinate 0 first.</param>
    /// <param name="sketch">[<see cref="Width"/>].</param>
    public void Subtract(ReadOnlySpan<float> values, Span<double> sketch) => Accumulate(values, sketch, ulong.MaxValue);

    /// <summary>y ← y + sketch of the vector that is <paramref name="values"/> at <paramref name="indices"/> and 0 elsewhere.</summary>
    /// <param name="indices">Coordinates in the shard, in any order.</param>
    /// <param name="sketch">[<see cref="Width"/>].</param>
    public void Add(ReadOnlySpan<uint> indices, ReadOnlySpan<float> values, Span<double> sketch) => Accumulate(indices, values, sketch, 0);

    /// <summary>y ← y − sketch of the vector that is <paramref name="values"/> at <paramref name="indices"/> and 0 elsewhere.</summary>
    /// <param name="indices">Coordinates in the shard, in any order.</param>
    /// <param name="sketch">[<see cref="Width"/>].</param>
    public void Subtract(ReadOnlySpan<uint> indices, ReadOnlySpan<float> values, Span<double> sketch) =>
        Accumulate(indices, values, sketch, ulong.MaxValue);

    private void Accumulate(ReadOnlySpan<uint> indices, ReadOnlySpan<float> values, Span<double> sketch, ulong flip)
    {
        CheckRoom(sketch);
        if (indices.Length != values.Length)
        {
            throw new ArgumentException($"There are {indices.Length} indices and {values.Length} values.", nameof(values));
        }

        uint mask = (uint)Width - 1;
        int blockBits = int.Log2(Width);
        for (int i = 0; i < indices.Length; i++)
        {
            uint index = indices[i];
            uint place = (index + Shift(index >> blockBits)) & mask;
            ulong sign = (Signs(index >> 6) ^ flip) >> (int)(index & 63) & 1;
            sketch[(int)place] += sign == 0 ? values[i] : -values[i];
        }
    }

    private void Accumulate(ReadOnlySpan<float> values, Span<double> sketch, ulong flip)
    {
        CheckRoom(sketch);
        uint block = 0;
        for (int start = 0; start < values.Length; start += Width)
        {
            ReadOnlySpan<float> part = values.Slice(start, Math.Min(Width, values.Length - start));
            int shift = (int)(Shift(block++) & (uint)(Width - 1));
            int before = Math.Min(part.Length, Width - shift);
            AddSigned(part[..before], (uint)start, sketch.Slice(shift, before), flip);
            AddSigned(part[before..], (uint)(start + before), sketch, flip);
        }
    }

    // Counters in order; the signs belong to the coordinates from `first` on.
    private void AddSigned(ReadOnlySpan<float> values, uint first, Span<double> counters, ulong flip)
    {
        int i = 0;
        Vector256<ulong> lanes = Vector256.Create(0UL, 1, 2, 3);
        while (i < values.Length)
        {
            uint index = first + (uint)i;
            int bit = (int)(index & 63);
            int count = Math.Min(64 - bit, values.Length - i);
            ulong signs = (Signs(index >> 6) ^ flip) >> bit;
            ReadOnlySpan<float> part = values.Slice(i, count);
            Span<double> target = counters.Slice(i, count);
            int j = 0;
            for (; j <= count - Vector256<double>.Count; j += Vector256<double>.Count)
            {
                Vector256<ulong> negative = Vector256.ShiftLeft(ShiftRight(Vector256.Create(signs), lanes), 63);
                Vector256<double> wide = Widen(part.Slice(j, Vector256<double>.Count)) ^ negative.AsDouble();
                (Vector256.Create<double>(target.Slice(j, 4)) + wide).CopyTo(target[j..]);
                signs >>= Vector256<double>.Count;
            }

            for (; j < count; j++)
            {
                target[j] += (signs & 1) == 0 ? part[j] : -part[j];
                signs >>= 1;
            }

            i += count;
        }
    }

    private static Vector256<double> Widen(ReadOnlySpan<float> four)
    {
        Vector128<float> narrow = Vector128.Create(four);
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    private static Vector256<ulong> ShiftRight(Vector256<ulong> words, Vector256<ulong> counts) =>
        System.Runtime.Intrinsics.X86.Avx2.IsSupported
            ? System.Runtime.Intrinsics.X86.Avx2.ShiftRightLogicalVariable(words, counts)
            : Vector256.Create(words[0] >> (int)counts[0], words[1] >> (int)counts[1], words[2] >> (int)counts[2], words[3] >> (int)counts[3]);

    private ulong Signs(uint word) => SplitMix.Mix(_signKey + word);

    private uint Shift(uint block) => (uint)(SplitMix.Mix(_shiftKey + block) >> 32);

    private void CheckRoom(ReadOnlySpan<double> sketch)
    {
        if (sketch.Length != Width)
        {
            throw new ArgumentException($"The sketch has {sketch.Length} counters, this family {Width}.", nameof(sketch));
        }
    }
}
