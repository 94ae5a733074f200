using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Consistency.Sketches;

/// <summary>The product of a shard's slice with one fixed random vector: a number that every lost, doubled or torn update changes.</summary>
/// <remarks>
/// <para>Linear, so the projection of x is that of x₀ minus those of the updates applied, up to rounding. One number says whether something
/// is missing; it does not say how much.</para>
/// <para>The weight of a coordinate is a number of a row of 1024, ± 0.5 to 1.5, times a factor of its block of 1024, ± 2/3 to 4/3: so the row
/// stays in the first-level cache however long the slice is, and no two coordinates weigh the same. Everything follows from seed and shard.</para>
/// <para>Within a block, products and sums are f32 in 32 lanes of at most 32 terms, in a fixed order: the same bits on every machine, and an error of
/// about 10⁻⁶ of the block's norm, below what the parameters themselves lose by rounding. Blocks are added in f64.</para>
/// <para>Immutable; any number of threads may use it. Allocates nothing.</para>
/// </remarks>
public sealed class ShardProjection
{
    /// <summary>No weight is larger than this.</summary>
    public const double WeightMax = 2;

    /// <summary>No weight is smaller than this.</summary>
    public const double WeightMin = 1.0 / 3;

    private const int BlockLength = 1024;
    private const int Lanes = 8;
    private const int Turn = 4 * Lanes;

    private readonly float[] _row = new float[BlockLength];
    private readonly double[] _factors;
    private readonly int _length;

    /// <param name="seed">The run's seed; all who project use the same.</param>
    /// <param name="shard">Shards weigh differently, so that a slice applied to the wrong shard shows.</param>
    /// <param name="length">Coordinates of the shard, at least 1.</param>
    public ShardProjection(ulong seed, int shard, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _length = length;
        SeededRandom random = new(seed, ((ulong)shard << 32) | uint.MaxValue);
        for (int i = 0; i < _row.Length; i++)
        {
            _row[i] = (float)Signed(random, 0.5, 1.5);
        }

        _factors = new double[((length - 1) / BlockLength) + 1];
        for (int i = 0; i < _factors.Length; i++)
        {
            _factors[i] = Signed(random, 2.0 / 3, 4.0 / 3);
        }
    }

    /// <summary>Σ weightᵢ · valueᵢ.</summary>
    /// <param name="values">The whole slice, coordinate 0 first.</param>
    public double Of(ReadOnlySpan<float> values)
    {
        CheckLength(values);
        double sum = 0;
        for (int start = 0, block = 0; start < values.Length; start += BlockLength, block++)
        {
            sum += _factors[block] * OfBlock(values.Slice(start, Math.Min(BlockLength, values.Length - start)));
        }

        return sum;
    }

    /// <summary>Σ weightᵢ · (scale · valueᵢ) and ‖scale · values‖², each product with the scale rounded to f32, in one pass.</summary>
    /// <param name="values">The whole slice, coordinate 0 first.</param>
    /// <param name="scale">What each value is multiplied by first.</param>
    /// <param name="normSquared">The bits of <see cref="FramePayload.NormSquared"/>; not finite when a product is not.</param>
    /// <remarks>The bits of the overload above, of the products.</remarks>
    public double Of(ReadOnlySpan<float> values, float scale, out double normSquared)
    {
        CheckLength(values);
        SquareSum squares = default;
        Span<float> room = stackalloc float[BlockLength];
        double sum = 0;
        for (int start = 0, block = 0; start < values.Length; start += BlockLength, block++)
        {
            ReadOnlySpan<float> now = values.Slice(start, Math.Min(BlockLength, values.Length - start));
            if (Avx512F.IsSupported)
            {
                sum += _factors[block] * OfBlock(now, scale, ref squares);
            }
            else
            {
                Span<float> products = room[..now.Length];
                FloatLoops.Scale(now, scale, products);
                squares.Add(products);
                sum += _factors[block] * OfBlock(products);
            }
        }

        normSquared = squares.Total;
        return sum;
    }

    /// <summary>The projection of a decoded payload that was validated against the shard's length.</summary>
    public double Of(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount) => kind switch
    {
        PayloadKind.None => 0,
        PayloadKind.Dense => Of(FramePayload.Values(kind, payload, entryCount)),
        PayloadKind.Sparse => OfEntries(FramePayload.Indices(payload, entryCount), FramePayload.Values(kind, payload, entryCount)),
        PayloadKind.SparseBfloat16 => OfEntries(FramePayload.Indices(payload, entryCount), new PackedValues(kind, payload, entryCount)),
        _ => OfDecoded(new PackedValues(kind, payload, _length)),
    };

    private double OfEntries(ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        values = values[..indices.Length];
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i <= indices.Length - 2; i += 2)
        {
            even += WeightOf(indices[i]) * values[i];
            odd += WeightOf(indices[i + 1]) * values[i + 1];
        }

        for (; i < indices.Length; i++)
        {
            even += WeightOf(indices[i]) * values[i];
        }

        return even + odd;
    }

    // Piece by piece, each of an even length, so that the sums are made in the order of the overload above.
    private double OfEntries(ReadOnlySpan<uint> indices, in PackedValues payload)
    {
        Span<float> room = stackalloc float[BlockLength];
        double sum = 0;
        for (int start = 0; start < indices.Length; start += BlockLength)
        {
            Span<float> values = room[..Math.Min(BlockLength, indices.Length - start)];
            payload.Decode(start, values);
            sum += OfEntries(indices.Slice(start, values.Length), values);
        }

        return sum;
    }

    private double OfDecoded(in PackedValues payload)
    {
        Span<float> room = stackalloc float[BlockLength];
        double sum = 0;
        for (int start = 0, block = 0; start < _length; start += BlockLength, block++)
        {
            Span<float> values = room[..Math.Min(BlockLength, _length - start)];
            payload.Decode(start, values);
            sum += _factors[block] * OfBlock(values);
        }

        return sum;
    }

    private double OfBlock(ReadOnlySpan<float> values)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        ref float row = ref MemoryMarshal.GetArrayDataReference(_row);
        Vector256<float> a = default;
        Vector256<float> b = default;
        Vector256<float> c = default;
        Vector256<float> d = default;
        int i = 0;
        for (; i <= values.Length - Turn; i += Turn)
        {
            a += Product(ref start, ref row, i);
            b += Product(ref start, ref row, i + Lanes);
            c += Product(ref start, ref row, i + (2 * Lanes));
            d += Product(ref start, ref row, i + (3 * Lanes));
        }

        double sum = LaneSum(a) + LaneSum(b) + LaneSum(c) + LaneSum(d);
        for (; i < values.Length; i++)
        {
            sum += (double)_row[i] * values[i];
        }

        return sum;
    }

    // The same additions; the squares are those of the same products.
    private double OfBlock(ReadOnlySpan<float> values, float scale, ref SquareSum squares)
    {
        int i = values.Length & -Turn;
        OfTurns(values[..i], scale, ref squares, out Vector512<float> ab, out Vector512<float> cd);
        squares.AddScaled(values[i..], scale);
        (Vector512<double> a, Vector512<double> b) = Vector512.Widen(ab);
        (Vector512<double> c, Vector512<double> d) = Vector512.Widen(cd);
        double sum = LaneSum(a) + LaneSum(b) + LaneSum(c) + LaneSum(d);
        for (; i < values.Length; i++)
        {
            float product = values[i] * scale;
            sum += (double)_row[i] * product;
        }

        return sum;
    }

    // Alone in its method: beside a call, the sums would be in memory from turn to turn, four times as slow.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OfTurns(ReadOnlySpan<float> values, float scale, ref SquareSum squares, out Vector512<float> ab, out Vector512<float> cd)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        ref float row = ref MemoryMarshal.GetArrayDataReference(_row);
        Vector512<float> scales = Vector512.Create(scale);
        Vector512<float> even = default;
        Vector512<float> odd = default;
        (Vector512<double> low, Vector512<double> high) = squares.Open();
        for (int i = 0; i < values.Length; i += Turn)
        {
            Vector512<float> first = Vector512.LoadUnsafe(ref start, (nuint)i) * scales;
            Vector512<float> second = Vector512.LoadUnsafe(ref start, (nuint)(i + SquareSum.Lanes)) * scales;
            SquareSum.Add(first, ref low, ref high);
            even += first * Vector512.LoadUnsafe(ref row, (nuint)i);
            SquareSum.Add(second, ref low, ref high);
            odd += second * Vector512.LoadUnsafe(ref row, (nuint)(i + SquareSum.Lanes));
        }

        squares.Close(low, high);
        (ab, cd) = (even, odd);
    }

    private void CheckLength(ReadOnlySpan<float> values)
    {
        if (values.Length != _length)
        {
            throw new ArgumentException($"The slice has {values.Length} coordinates, the shard {_length}.", nameof(values));
        }
    }

    private double WeightOf(uint coordinate) => _row[(int)(coordinate % BlockLength)] * _factors[(int)(coordinate / BlockLength)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Product(ref float values, ref float row, int at) =>
        Vector256.LoadUnsafe(ref values, (nuint)at) * Vector256.LoadUnsafe(ref row, (nuint)at);

    private static double LaneSum(Vector256<float> lanes)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(lanes);
        return LaneSum(Vector512.Create(low, high));
    }

    private static double LaneSum(Vector512<double> lanes)
    {
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[1] + four[2] + four[3];
    }

    private static double Signed(SeededRandom random, double min, double max)
    {
        double value = (2 * random.NextDouble()) - 1;
        return value < 0 ? -min + ((max - min) * value) : min + ((max - min) * value);
    }
}
