using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>Sums over one vector, always split over the same 64 lanes and folded in the same order.</summary>
/// <remarks>
/// The bits depend on the numbers and their count alone: not on alignment, on which library vectors happen to peel,
/// nor on the vector width of the machine. What is left over after whole blocks of 64 is padded with zeros.
/// </remarks>
internal static unsafe class Reductions
{
    private const int Lanes = 16;
    private const int Block = 4 * Lanes;

    /// <summary>Σ xᵢ·yᵢ.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* x, float* y, int length)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int i = 0;
        for (; i <= length - Block; i += Block)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), s0);
            s1 = Vector512.FusedMultiplyAdd(
                Vector512.Load(x + i + Lanes), Vector512.Load(y + i + Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(
                Vector512.Load(x + i + (2 * Lanes)), Vector512.Load(y + i + (2 * Lanes)), s2);
            s3 = Vector512.FusedMultiplyAdd(
                Vector512.Load(x + i + (3 * Lanes)), Vector512.Load(y + i + (3 * Lanes)), s3);
        }

        int rest = length - i;
        if (rest > 0)
        {
            float* padded = stackalloc float[2 * Block];
            new Span<float>(padded, 2 * Block).Clear();
            new ReadOnlySpan<float>(x + i, rest).CopyTo(new Span<float>(padded, rest));
            new ReadOnlySpan<float>(y + i, rest).CopyTo(new Span<float>(padded + Block, rest));
            float* other = padded + Block;
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(padded), Vector512.Load(other), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(padded + Lanes), Vector512.Load(other + Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(
                Vector512.Load(padded + (2 * Lanes)), Vector512.Load(other + (2 * Lanes)), s2);
            s3 = Vector512.FusedMultiplyAdd(
                Vector512.Load(padded + (3 * Lanes)), Vector512.Load(other + (3 * Lanes)), s3);
        }

        return Fold((s0 + s2) + (s1 + s3));
    }

    /// <summary>Σ xᵢ over a length that is a multiple of 16.</summary>
    public static float SumPadded(float* x, int length)
    {
        Vector512<float> sum = default;
        for (int i = 0; i < length; i += Lanes)
        {
            sum += Vector512.Load(x + i);
        }

        return Fold(sum);
    }

    /// <summary>target ← target + scale·x.</summary>
    public static void AddScaled(float scale, float* x, float* target, int length)
    {
        Vector512<float> factor = Vector512.Create(scale);
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            Vector512.FusedMultiplyAdd(factor, Vector512.Load(x + i), Vector512.Load(target + i)).Store(target + i);
        }

        for (; i < length; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(scale, x[i], target[i]);
        }
    }

    // Vector512.Sum leaves the order of additions to the library, so the tree is spelled out.
    private static float Fold(Vector512<float> sum)
    {
        Vector256<float> eight = sum.GetLower() + sum.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector64<float> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }
}
