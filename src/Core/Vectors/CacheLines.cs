using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Vectors;

/// <summary>Asks for memory some time before it is read or written.</summary>
/// <remarks>
/// Into the second-level cache: what is asked for into the first one takes one of its few buffers for misses (24 on AMD Zen 4) until it is there, so no
/// more than these are under way, however far ahead one asks. Of lines anywhere in memory a core gets about twice as many a second this way.
/// Streams are another matter: hardware asks for those.
/// </remarks>
public static class CacheLines
{
    /// <summary>Bytes of one line.</summary>
    public const int Size = 64;

    /// <summary>Entries ahead of a loop over places anywhere in a vector.</summary>
    public const int EntriesAhead = 128;

    /// <summary>Asks for the line of one place; where the processor knows no such request, nothing happens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Announce<T>(ref T place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(Unsafe.AsPointer(ref place));
        }
    }

    /// <summary>Asks for every line of a range.</summary>
    public static unsafe void Announce<T>(ReadOnlySpan<T> range)
        where T : unmanaged
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        fixed (T* first = range)
        {
            byte* end = (byte*)(first + range.Length);
            for (byte* line = (byte*)((nuint)first & ~(nuint)(Size - 1)); line < end; line += Size)
            {
                Sse.Prefetch1(line);
            }
        }
    }
}
