using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Kernels;

/// <summary>Samples that are rows of bytes, as the right side of a product and turned over: B[k, j] is coordinate k of sample j.</summary>
/// <param name="table">Pinned by the caller, as are the starts.</param>
/// <param name="starts">[<paramref name="count"/>]; where each begins in the table.</param>
/// <param name="count">Samples, at least 1; columns of B beyond them repeat the last.</param>
/// <param name="centre">See <see cref="ByteFloats"/>.</param>
/// <param name="scale">See <see cref="ByteFloats"/>.</param>
internal readonly unsafe struct ByteColumns(byte* table, int* starts, int count, float centre, float scale) : IPanels
{
    private const int Side = 16;

    public void Fill(int depth, int depthCount, int column, int width, int paddedWidth, float* panel)
    {
        byte** rows = stackalloc byte*[Side];
        Vector512<float> centres = Vector512.Create(centre);
        Vector512<float> scales = Vector512.Create(scale);
        for (int block = 0; block < paddedWidth; block += Side)
        {
            for (int i = 0; i < Side; i++)
            {
                rows[i] = table + starts[Math.Min(column + block + i, count - 1)] + depth;
                if (Sse.IsSupported)
                {
                    Sse.Prefetch1(rows[i] + ByteRows.BytesAhead);
                }
            }

            int k = 0;
            if (Sse2.IsSupported)
            {
                for (; k <= depthCount - Side; k += Side)
                {
                    Square(rows, k, panel + ((nint)k * paddedWidth) + block, paddedWidth, centres, scales);
                }
            }

            for (; k < depthCount; k++)
            {
                for (int i = 0; i < Side; i++)
                {
                    panel[((nint)k * paddedWidth) + block + i] = (rows[i][k] - centre) * scale;
                }
            }
        }
    }

    // Row and column of a byte are its address, four bits each; every round turns the eight bits by one, so four exchange the two.
    private static void Square(byte** rows, int column, float* panel, int stride, Vector512<float> centres, Vector512<float> scales)
    {
        Vector128<byte> r0 = Vector128.Load(rows[0] + column), r1 = Vector128.Load(rows[1] + column);
        Vector128<byte> r2 = Vector128.Load(rows[2] + column), r3 = Vector128.Load(rows[3] + column);
        Vector128<byte> r4 = Vector128.Load(rows[4] + column), r5 = Vector128.Load(rows[5] + column);
        Vector128<byte> r6 = Vector128.Load(rows[6] + column), r7 = Vector128.Load(rows[7] + column);
        Vector128<byte> r8 = Vector128.Load(rows[8] + column), r9 = Vector128.Load(rows[9] + column);
        Vector128<byte> r10 = Vector128.Load(rows[10] + column), r11 = Vector128.Load(rows[11] + column);
        Vector128<byte> r12 = Vector128.Load(rows[12] + column), r13 = Vector128.Load(rows[13] + column);
        Vector128<byte> r14 = Vector128.Load(rows[14] + column), r15 = Vector128.Load(rows[15] + column);
        (r0, r8) = Mixed(r0, r8);
        (r1, r9) = Mixed(r1, r9);
        (r2, r10) = Mixed(r2, r10);
        (r3, r11) = Mixed(r3, r11);
        (r4, r12) = Mixed(r4, r12);
        (r5, r13) = Mixed(r5, r13);
        (r6, r14) = Mixed(r6, r14);
        (r7, r15) = Mixed(r7, r15);
        (r0, r4) = Mixed(r0, r4);
        (r1, r5) = Mixed(r1, r5);
        (r2, r6) = Mixed(r2, r6);
        (r3, r7) = Mixed(r3, r7);
        (r8, r12) = Mixed(r8, r12);
        (r9, r13) = Mixed(r9, r13);
        (r10, r14) = Mixed(r10, r14);
        (r11, r15) = Mixed(r11, r15);
        (r0, r2) = Mixed(r0, r2);
        (r1, r3) = Mixed(r1, r3);
        (r4, r6) = Mixed(r4, r6);
        (r5, r7) = Mixed(r5, r7);
        (r8, r10) = Mixed(r8, r10);
        (r9, r11) = Mixed(r9, r11);
        (r12, r14) = Mixed(r12, r14);
        (r13, r15) = Mixed(r13, r15);
        (r0, r1) = Mixed(r0, r1);
        (r2, r3) = Mixed(r2, r3);
        (r4, r5) = Mixed(r4, r5);
        (r6, r7) = Mixed(r6, r7);
        (r8, r9) = Mixed(r8, r9);
        (r10, r11) = Mixed(r10, r11);
        (r12, r13) = Mixed(r12, r13);
        (r14, r15) = Mixed(r14, r15);
        ByteFloats.Of(r0, centres, scales).Store(panel);
        ByteFloats.Of(r1, centres, scales).Store(panel + stride);
        ByteFloats.Of(r2, centres, scales).Store(panel + (2 * stride));
        ByteFloats.Of(r3, centres, scales).Store(panel + (3 * stride));
        ByteFloats.Of(r4, centres, scales).Store(panel + (4 * stride));
        ByteFloats.Of(r5, centres, scales).Store(panel + (5 * stride));
        ByteFloats.Of(r6, centres, scales).Store(panel + (6 * stride));
        ByteFloats.Of(r7, centres, scales).Store(panel + (7 * stride));
        ByteFloats.Of(r8, centres, scales).Store(panel + (8 * stride));
        ByteFloats.Of(r9, centres, scales).Store(panel + (9 * stride));
        ByteFloats.Of(r10, centres, scales).Store(panel + (10 * stride));
        ByteFloats.Of(r11, centres, scales).Store(panel + (11 * stride));
        ByteFloats.Of(r12, centres, scales).Store(panel + (12 * stride));
        ByteFloats.Of(r13, centres, scales).Store(panel + (13 * stride));
        ByteFloats.Of(r14, centres, scales).Store(panel + (14 * stride));
        ByteFloats.Of(r15, centres, scales).Store(panel + (15 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Low, Vector128<byte> High) Mixed(Vector128<byte> a, Vector128<byte> b) =>
        (Sse2.UnpackLow(a, b), Sse2.UnpackHigh(a, b));
}
