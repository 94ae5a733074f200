using System.Runtime.CompilerServices;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Frames;

/// <summary>Loops over the entries of a sparse payload that was validated against the vector.</summary>
/// <remarks>Each entry may be a line of its own, so the lines of later ones are asked for (<see cref="CacheLines"/>).</remarks>
internal static class SparseLoops
{
    /// <summary>x ← x − u at some coordinates.</summary>
    /// <param name="x">x.</param>
    /// <param name="indices">Strictly ascending, below the length of x.</param>
    /// <param name="values">u, one an index.</param>
    public static void Subtract(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            AnnounceLater(x, indices, i);
            x[(int)indices[i]] -= values[i];
        }
    }

    /// <summary>As above, of bfloat16 values.</summary>
    public static void Subtract(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<ushort> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            AnnounceLater(x, indices, i);
            x[(int)indices[i]] -= Bfloat16Loops.Widen(values[i]);
        }
    }

    /// <summary>x ← bfloat16 values at some coordinates.</summary>
    public static void Assign(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<ushort> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            AnnounceLater(x, indices, i);
            x[(int)indices[i]] = Bfloat16Loops.Widen(values[i]);
        }
    }

    /// <summary>x ← values at some coordinates.</summary>
    public static void Assign(Span<float> x, ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            AnnounceLater(x, indices, i);
            x[(int)indices[i]] = values[i];
        }
    }

    /// <summary>values ← x at some coordinates.</summary>
    public static void Gather(ReadOnlySpan<float> x, ReadOnlySpan<uint> indices, Span<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            AnnounceLater(x, indices, i);
            values[i] = x[(int)indices[i]];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AnnounceLater(ReadOnlySpan<float> x, ReadOnlySpan<uint> indices, int i)
    {
        if (i + CacheLines.EntriesAhead < indices.Length)
        {
            CacheLines.Announce(ref Unsafe.AsRef(in x[(int)indices[i + CacheLines.EntriesAhead]]));
        }
    }
}
