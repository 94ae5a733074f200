using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Data.Synthetic;

/// <summary>Sums in one fixed order on every machine: four partial sums, no fused multiply-add, wherever the arrays lie.
/// Silos that generate the same plan must hold the same bits.</summary>
internal static class FixedOrder
{
    /// <summary>a·b; the lengths are equal.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        b = b[..a.Length];
        ReadOnlySpan<Vector256<double>> blocksA = MemoryMarshal.Cast<double, Vector256<double>>(a);
        ReadOnlySpan<Vector256<double>> blocksB = MemoryMarshal.Cast<double, Vector256<double>>(b);
        Vector256<double> sums = Vector256<double>.Zero;
        for (int i = 0; i < blocksA.Length; i++)
        {
            sums += blocksA[i] * blocksB[i];
        }

        double sum = sums[0] + sums[1] + (sums[2] + sums[3]);
        for (int i = blocksA.Length * Vector256<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>target ← target + scale · x; the lengths are equal.</summary>
    public static void AddScaled(Span<double> target, double scale, ReadOnlySpan<double> x)
    {
        x = x[..target.Length];
        Span<Vector256<double>> blocks = MemoryMarshal.Cast<double, Vector256<double>>(target);
        ReadOnlySpan<Vector256<double>> blocksX = MemoryMarshal.Cast<double, Vector256<double>>(x);
        Vector256<double> scales = Vector256.Create(scale);
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] += scales * blocksX[i];
        }

        for (int i = blocks.Length * Vector256<double>.Count; i < target.Length; i++)
        {
            target[i] += scale * x[i];
        }
    }

    /// <summary>x ← x / divisor.</summary>
    public static void Divide(Span<double> x, double divisor)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] /= divisor;
        }
    }
}
