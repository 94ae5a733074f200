using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Frames;

/// <summary>A sum of squares in double whose order of additions is fixed, so that every machine gets the same bits.</summary>
/// <remarks>
/// Value i of a block is added to lane i mod 16; the lanes are added up in order at the end, then the tails. The square
/// of an f32 is exact in f64, so only the additions round. Cutting the values into blocks changes nothing as long as every
/// block but the last is a multiple of <see cref="Lanes"/>.
/// </remarks>
internal struct SquareSum
{
    /// <summary>Values added side by side.</summary>
    public const int Lanes = 16;

    private Vector256<double> _first;
    private Vector256<double> _second;
    private Vector256<double> _third;
    private Vector256<double> _fourth;
    private double _tail;

    /// <summary>Sum over everything added.</summary>
    public readonly double Total => LaneSum(_first) + LaneSum(_second) + LaneSum(_third) + LaneSum(_fourth) + _tail;

    /// <summary>Squared norm of <paramref name="values"/>.</summary>
    public static double Of(ReadOnlySpan<float> values)
    {
        SquareSum sum = default;
        sum.Add(values);
        return sum.Total;
    }

    /// <summary>Adds the squares of one block.</summary>
    public void Add(ReadOnlySpan<float> values) => AddScaled(values, 1f); // a product with 1 is exact

    /// <summary>Adds the squares of scale · values, each product rounded to f32 first.</summary>
    public void AddScaled(ReadOnlySpan<float> values, float scale)
    {
        int i = Avx512F.IsSupported ? AddWide(values, scale) : AddNarrow(values, scale);
        for (; i < values.Length; i++)
        {
            float product = values[i] * scale;
            _tail += (double)product * product;
        }
    }

    /// <summary>The lanes, for a loop that makes the values and adds them on its way; <see cref="Close"/> takes them back.</summary>
    public readonly (Vector512<double> Low, Vector512<double> High) Open() => (Vector512.Create(_first, _second), Vector512.Create(_third, _fourth));

    /// <summary>What such a loop does with each sixteen values.</summary>
    /// <remarks>A product of two widened floats is exact, so adding it fused or not gives the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Vector512<float> values, ref Vector512<double> low, ref Vector512<double> high)
    {
        Vector512<double> a = Avx512F.ConvertToVector512Double(values.GetLower());
        Vector512<double> b = Avx512F.ConvertToVector512Double(values.GetUpper());
        low = Vector512.FusedMultiplyAdd(a, a, low);
        high = Vector512.FusedMultiplyAdd(b, b, high);
    }

    /// <summary>Takes the lanes back.</summary>
    public void Close(Vector512<double> low, Vector512<double> high) =>
        (_first, _second, _third, _fourth) = (low.GetLower(), low.GetUpper(), high.GetLower(), high.GetUpper());

    private int AddWide(ReadOnlySpan<float> values, float scale)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        Vector512<float> scales = Vector512.Create(scale);
        (Vector512<double> low, Vector512<double> high) = Open();
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            Add(Vector512.LoadUnsafe(ref start, (nuint)i) * scales, ref low, ref high);
        }

        Close(low, high);
        return i;
    }

    private int AddNarrow(ReadOnlySpan<float> values, float scale)
    {
        Vector256<float> scales = Vector256.Create(scale);
        Vector256<double> first = _first;
        Vector256<double> second = _second;
        Vector256<double> third = _third;
        Vector256<double> fourth = _fourth;
        int half = Vector256<float>.Count;
        int i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(values.Slice(i, half)) * scales);
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(Vector256.Create(values.Slice(i + half, half)) * scales);
            first += a * a;
            second += b * b;
            third += c * c;
            fourth += d * d;
        }

        (_first, _second, _third, _fourth) = (first, second, third, fourth);
        return i;
    }

    private static double LaneSum(Vector256<double> lanes) => lanes[0] + lanes[1] + lanes[2] + lanes[3];
}
