using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Frames;

/// <summary>The loops over whole vectors that a push goes through.</summary>
/// <remarks>
/// Four vectors a turn, loads before stores: on long vectors with unaligned bytes this runs at the speed of memory, more than twice
/// that of the general library loops. Products are rounded before they are added, on every machine, so results are the same bits everywhere.
/// </remarks>
internal static class FloatLoops
{
    private const int Turn = 4 * Width;
    private const int Width = 8;
    private const int PrefetchDistance = 1024;
    private const int LineSize = 64;

    /// <summary>x ← x − u.</summary>
    public static void Subtract(Span<float> x, ReadOnlySpan<float> u)
    {
        ref float target = ref MemoryMarshal.GetReference(x);
        ref float source = ref MemoryMarshal.GetReference(u[..x.Length]);
        int i = 0;
        for (; i <= x.Length - Turn; i += Turn)
        {
            Vector256<float> a = Load(ref target, i) - Load(ref source, i);
            Vector256<float> b = Load(ref target, i + Width) - Load(ref source, i + Width);
            Vector256<float> c = Load(ref target, i + (2 * Width)) - Load(ref source, i + (2 * Width));
            Vector256<float> d = Load(ref target, i + (3 * Width)) - Load(ref source, i + (3 * Width));
            Store(a, b, c, d, ref target, i);
        }

        for (; i < x.Length; i++)
        {
            x[i] -= u[i];
        }
    }

    /// <summary>result ← x − scale · values, the product rounded first, unless a product is not finite; then false, and the result is of no use.</summary>
    /// <param name="scale">1 for values as they are: such a product is exact.</param>
    /// <param name="result">Another vector.</param>
    public static bool TrySubtract(ReadOnlySpan<float> x, ReadOnlySpan<float> values, float scale, Span<float> result)
    {
        ref float target = ref MemoryMarshal.GetReference(result[..x.Length]);
        ref float from = ref MemoryMarshal.GetReference(x);
        ref float source = ref MemoryMarshal.GetReference(values[..x.Length]);
        Vector256<float> scales = Vector256.Create(scale);
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> even = Vector256<int>.Zero;
        Vector256<int> odd = Vector256<int>.Zero;
        int i = 0;
        for (; i <= x.Length - Turn; i += Turn)
        {
            Prefetch(ref target, i);
            Vector256<float> a = scales * Load(ref source, i);
            Vector256<float> b = scales * Load(ref source, i + Width);
            Vector256<float> c = scales * Load(ref source, i + (2 * Width));
            Vector256<float> d = scales * Load(ref source, i + (3 * Width));
            even = Vector256.Max(even, Vector256.Max(a.AsInt32() & mask, b.AsInt32() & mask));
            odd = Vector256.Max(odd, Vector256.Max(c.AsInt32() & mask, d.AsInt32() & mask));
            a = Load(ref from, i) - a;
            b = Load(ref from, i + Width) - b;
            c = Load(ref from, i + (2 * Width)) - c;
            d = Load(ref from, i + (3 * Width)) - d;
            Store(a, b, c, d, ref target, i);
        }

        int most = FloatBits.Largest(Vector256.Max(even, odd));
        for (; i < x.Length; i++)
        {
            float product = scale * values[i];
            most = Math.Max(most, FloatBits.Magnitude(product));
            result[i] = x[i] - product;
        }

        return most < FloatBits.NonFinite;
    }

    /// <summary>result ← rate · gradient.</summary>
    public static void Scale(ReadOnlySpan<float> gradient, float rate, Span<float> result)
    {
        ref float target = ref MemoryMarshal.GetReference(result);
        ref float source = ref MemoryMarshal.GetReference(gradient[..result.Length]);
        Vector256<float> rates = Vector256.Create(rate);
        int i = 0;
        for (; i <= result.Length - Turn; i += Turn)
        {
            Prefetch(ref target, i);
            Vector256<float> a = rates * Load(ref source, i);
            Vector256<float> b = rates * Load(ref source, i + Width);
            Vector256<float> c = rates * Load(ref source, i + (2 * Width));
            Vector256<float> d = rates * Load(ref source, i + (3 * Width));
            Store(a, b, c, d, ref target, i);
        }

        for (; i < result.Length; i++)
        {
            result[i] = rate * gradient[i];
        }
    }

    /// <summary>result ← rate · gradient + residual.</summary>
    public static void ScaleAndAdd(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> result)
    {
        ref float target = ref MemoryMarshal.GetReference(result);
        ref float source = ref MemoryMarshal.GetReference(gradient[..result.Length]);
        ref float kept = ref MemoryMarshal.GetReference(residual[..result.Length]);
        Vector256<float> rates = Vector256.Create(rate);
        int i = 0;
        for (; i <= result.Length - Turn; i += Turn)
        {
            Vector256<float> a = (rates * Load(ref source, i)) + Load(ref kept, i);
            Vector256<float> b = (rates * Load(ref source, i + Width)) + Load(ref kept, i + Width);
            Vector256<float> c = (rates * Load(ref source, i + (2 * Width))) + Load(ref kept, i + (2 * Width));
            Vector256<float> d = (rates * Load(ref source, i + (3 * Width))) + Load(ref kept, i + (3 * Width));
            Store(a, b, c, d, ref target, i);
        }

        for (; i < result.Length; i++)
        {
            float product = rate * gradient[i];
            result[i] = product + residual[i];
        }
    }

    /// <summary>result ← scale · (x − u), the difference rounded first.</summary>
    public static void SubtractAndScale(ReadOnlySpan<float> x, ReadOnlySpan<float> u, float scale, Span<float> result)
    {
        ref float target = ref MemoryMarshal.GetReference(result);
        ref float from = ref MemoryMarshal.GetReference(x[..result.Length]);
        ref float source = ref MemoryMarshal.GetReference(u[..result.Length]);
        Vector256<float> scales = Vector256.Create(scale);
        int i = 0;
        for (; i <= result.Length - Turn; i += Turn)
        {
            Vector256<float> a = scales * (Load(ref from, i) - Load(ref source, i));
            Vector256<float> b = scales * (Load(ref from, i + Width) - Load(ref source, i + Width));
            Vector256<float> c = scales * (Load(ref from, i + (2 * Width)) - Load(ref source, i + (2 * Width)));
            Vector256<float> d = scales * (Load(ref from, i + (3 * Width)) - Load(ref source, i + (3 * Width)));
            Store(a, b, c, d, ref target, i);
        }

        for (; i < result.Length; i++)
        {
            result[i] = scale * (x[i] - u[i]);
        }
    }

    // A frame that a keeper held has left the caches: its lines are asked for a page before they are written. A line past the end is no error.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float start, int at)
    {
        if (Sse.IsSupported)
        {
            byte* line = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref start, at + PrefetchDistance));
            Sse.Prefetch0(line);
            Sse.Prefetch0(line + LineSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(ref float start, int at) => Vector256.LoadUnsafe(ref start, (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, ref float start, int at)
    {
        a.StoreUnsafe(ref start, (nuint)at);
        b.StoreUnsafe(ref start, (nuint)(at + Width));
        c.StoreUnsafe(ref start, (nuint)(at + (2 * Width)));
        d.StoreUnsafe(ref start, (nuint)(at + (3 * Width)));
    }
}
