using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Smoothness;

/// <summary>Double-precision sums in one fixed order: 8 lanes, then the rest.</summary>
internal static class Vector
{
    /// <summary>Σ xᵢ·yᵢ.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ReadOnlySpan<Vector512<double>> wideX = MemoryMarshal.Cast<double, Vector512<double>>(x);
        ReadOnlySpan<Vector512<double>> wideY = MemoryMarshal.Cast<double, Vector512<double>>(y);
        Vector512<double> lanes = default;
        for (int i = 0; i < wideX.Length; i++)
        {
            lanes = Vector512.FusedMultiplyAdd(wideX[i], wideY[i], lanes);
        }

        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lanes[lane];
        }

        for (int i = wideX.Length * Vector512<double>.Count; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>target ← target + scale·x.</summary>
    public static void AddScaled(double scale, ReadOnlySpan<double> x, Span<double> target)
    {
        ReadOnlySpan<Vector512<double>> wideX = MemoryMarshal.Cast<double, Vector512<double>>(x);
        Span<Vector512<double>> wideTarget = MemoryMarshal.Cast<double, Vector512<double>>(target);
        Vector512<double> factor = Vector512.Create(scale);
        for (int i = 0; i < wideX.Length; i++)
        {
            wideTarget[i] = Vector512.FusedMultiplyAdd(factor, wideX[i], wideTarget[i]);
        }

        for (int i = wideX.Length * Vector512<double>.Count; i < x.Length; i++)
        {
            target[i] = Math.FusedMultiplyAdd(scale, x[i], target[i]);
        }
    }

    /// <summary>target ← target + x.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<double> target)
    {
        int whole = x.Length & ~(Vector512<float>.Count - 1);
        for (int i = 0; i < whole; i += Vector512<float>.Count)
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Create(x[i..]));
            (low + Vector512.Create<double>(target[i..])).CopyTo(target[i..]);
            (high + Vector512.Create<double>(target[(i + Vector512<double>.Count)..])).CopyTo(target[(i + Vector512<double>.Count)..]);
        }

        for (int i = whole; i < x.Length; i++)
        {
            target[i] += x[i];
        }
    }

    /// <summary>target ← scale·target.</summary>
    public static void Scale(Span<double> target, double scale)
    {
        foreach (ref double number in target)
        {
            number *= scale;
        }
    }
}
