using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansSgd.Core.Codecs;

/// <summary>A vector of zeros that, when it is long, begins on a cache line and never moves: only then can it be written past the caches.</summary>
internal sealed class AlignedFloats
{
    /// <summary>From here on a vector is aligned; a shorter one stays in the cache that the next update reads it from.</summary>
    public const int LengthMin = 1 << 18;

    private const int LineSize = 64;

    private readonly float[] _room;
    private readonly int _start;
    private readonly int _length;

    /// <param name="length">0 or more.</param>
    public unsafe AlignedFloats(int length)
    {
        _length = length;
        if (length < LengthMin)
        {
            _room = new float[length];
            return;
        }

        _room = GC.AllocateArray<float>(length + (LineSize / sizeof(float)), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_room));
        _start = (int)((0 - address) % LineSize / sizeof(float));
    }

    /// <summary>The values.</summary>
    public Span<float> Span => _room.AsSpan(_start, _length);

    /// <summary>Whether the values, all of such a vector, are aligned and stay where they are.</summary>
    public static unsafe bool AreAligned(ReadOnlySpan<float> all) =>
        all.Length >= LengthMin && (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(all)) % LineSize == 0;
}
