using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>Activations over whole vectors; every length is a multiple of 16. NaN stays NaN.</summary>
internal static unsafe class Activations
{
    private const int Lanes = 16;

    /// <summary>x ← max(x, 0).</summary>
    public static void Relu(float* x, int length)
    {
        for (int i = 0; i < length; i += Lanes)
        {
            Vector512.Max(Vector512.Load(x + i), default).Store(x + i);
        }
    }

    /// <summary>gradient ← 0 where the activation was not positive.</summary>
    public static void ReluBackward(float* activation, float* gradient, int length)
    {
        for (int i = 0; i < length; i += Lanes)
        {
            Vector512<float> isPositive = Vector512.GreaterThan(Vector512.Load(activation + i), default);
            (Vector512.Load(gradient + i) & isPositive).Store(gradient + i);
        }
    }

    /// <summary>x ← tanh x.</summary>
    public static void Tanh(float* x, int length)
    {
        for (int i = 0; i < length; i += Lanes)
        {
            Tanh(Vector512.Load(x + i)).Store(x + i);
        }
    }

    /// <summary>gradient ← gradient·(1 − t²) with t the activation.</summary>
    public static void TanhBackward(float* activation, float* gradient, int length)
    {
        for (int i = 0; i < length; i += Lanes)
        {
            Vector512<float> t = Vector512.Load(activation + i);
            (Vector512.Load(gradient + i) * (Vector512<float>.One - (t * t))).Store(gradient + i);
        }
    }

    // tanh x = 1 − 2 / (e^2x + 1) cancels near 0; there the series x − x³/3 + 2x⁵/15 − 17x⁷/315 takes over. At the
    // seam, |x| = 0.2, the first term left out is 6e-8 of the value: half a unit in the last place.
    private static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> far = one - (Vector512.Create(2f) / (Exponential.Of(x + x) + one));
        Vector512<float> square = x * x;
        Vector512<float> series = Vector512.FusedMultiplyAdd(
            square, Vector512.Create(-17f / 315f), Vector512.Create(2f / 15f));
        series = Vector512.FusedMultiplyAdd(series, square, Vector512.Create(-1f / 3f));
        Vector512<float> near = Vector512.FusedMultiplyAdd(series * square, x, x);
        return Vector512.ConditionalSelect(
            Vector512.LessThan(Vector512.Abs(x), Vector512.Create(0.2f)), near, far);
    }
}
