using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansSgd.Core.Frames;

/// <summary>Frame bytes seen as numbers, without a copy. Unaligned access is fine on every processor .NET 10 runs on.</summary>
/// <remarks>The bytes are little-endian, so a big-endian machine is refused rather than served wrong numbers.</remarks>
internal static class LittleEndian
{
    public static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> bytes) => Cast<float>(bytes);

    public static Span<float> Floats(Span<byte> bytes) => Cast<float>(bytes);

    public static ReadOnlySpan<ushort> UShorts(ReadOnlySpan<byte> bytes) => Cast<ushort>(bytes);

    public static Span<ushort> UShorts(Span<byte> bytes) => Cast<ushort>(bytes);

    public static ReadOnlySpan<uint> UInts(ReadOnlySpan<byte> bytes) => Cast<uint>(bytes);

    public static Span<uint> UInts(Span<byte> bytes) => Cast<uint>(bytes);

    public static ReadOnlySpan<long> Longs(ReadOnlySpan<byte> bytes) => Cast<long>(bytes);

    public static Span<long> Longs(Span<byte> bytes) => Cast<long>(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> bytes)
        where T : struct
    {
        ThrowIfBigEndian();
        return MemoryMarshal.Cast<byte, T>(bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<T> Cast<T>(Span<byte> bytes)
        where T : struct
    {
        ThrowIfBigEndian();
        return MemoryMarshal.Cast<byte, T>(bytes);
    }

    private static void ThrowIfBigEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Frames are little-endian memory; this machine is big-endian. Run silos on x64 or ARM64.");
        }
    }
}
