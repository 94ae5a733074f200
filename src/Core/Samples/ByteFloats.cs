using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Samples;

/// <summary>Bytes as coordinates: (byte − centre) · scale, in float, with the same bits at every vector width.</summary>
public static class ByteFloats
{
    /// <summary>floats ← (bytes − centre) · scale.</summary>
    /// <param name="floats">At least as long as the bytes.</param>
    /// <param name="centre">In the units of the bytes.</param>
    /// <param name="scale">1 / spread, rounded once.</param>
    public static void Convert(ReadOnlySpan<byte> bytes, Span<float> floats, float centre, float scale)
    {
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float target = ref MemoryMarshal.GetReference(floats[..bytes.Length]);
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector512<float> centres = Vector512.Create(centre);
            Vector512<float> scales = Vector512.Create(scale);
            for (; done <= bytes.Length - Vector128<byte>.Count; done += Vector128<byte>.Count)
            {
                Of(Vector128.LoadUnsafe(ref source, (nuint)done), centres, scales).StoreUnsafe(ref target, (nuint)done);
            }
        }

        for (; done < bytes.Length; done++)
        {
            floats[done] = (bytes[done] - centre) * scale;
        }
    }

    /// <summary>Sixteen bytes as coordinates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector128<byte> bytes, Vector512<float> centres, Vector512<float> scales)
    {
        if (Avx512F.IsSupported)
        {
            return (Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes)) - centres) * scales;
        }

        Vector512<int> values = Avx2.IsSupported
            ? Vector512.Create(Avx2.ConvertToVector256Int32(bytes), Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(bytes, 8)))
            : Vector512.Create(Widened(Vector128.WidenLower(bytes)), Widened(Vector128.WidenUpper(bytes)));
        return (Vector512.ConvertToSingle(values) - centres) * scales;
    }

    private static Vector256<int> Widened(Vector128<ushort> values) =>
        Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)).AsInt32();
}
