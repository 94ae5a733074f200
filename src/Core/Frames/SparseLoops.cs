using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Frames;

/// <summary>Loops over the entries of a sparse payload that was validated against the vector.</summary>
internal static class SparseLoops
{
    // Far enough for a line to come from memory; the processor alone looks ahead as far as its window of instructions.
    private const int PrefetchDistance = 64;

    /// <summary>x ← x − u at some coordinates.</summary>
    /// <param name="x">x.</param>
    /// <param name="indices">Strictly ascending, below the length of x.</param>
    /// <param name="values">u, one an index.</param>
    public static void Subtract(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        values = values[..indices.Length];
        int i = 0;
        for (; i < indices.Length - PrefetchDistance; i++)
        {
            Prefetch(ref x[(int)indices[i + PrefetchDistance]]);
            x[(int)indices[i]] -= values[i];
        }

        for (; i < indices.Length; i++)
        {
            x[(int)indices[i]] -= values[i];
        }
    }

    /// <summary>As above, of bfloat16 values.</summary>
    public static void Subtract(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<ushort> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            x[(int)indices[i]] -= Bfloat16Loops.Widen(values[i]);
        }
    }

    /// <summary>x ← bfloat16 values at some coordinates.</summary>
    public static void Assign(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<ushort> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            x[(int)indices[i]] = Bfloat16Loops.Widen(values[i]);
        }
    }

    /// <summary>x ← values at some coordinates.</summary>
    public static void Assign(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            x[(int)indices[i]] = values[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
        }
    }
}
