using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Models.Kernels;

/// <summary>Turns [rows, columns] into [columns, rows], in squares of 8 where the machine can.</summary>
internal static unsafe class Transpose
{
    private const int Side = 8;

    /// <summary>to[j, i] ← from[i, j]; columns of <paramref name="to"/> beyond the rows become 0.</summary>
    /// <param name="from">[rowCount, columnCount] with <paramref name="fromStride"/>.</param>
    /// <param name="rowCount">Rows of <paramref name="from"/>; at most <paramref name="toStride"/>.</param>
    /// <param name="columnCount">Columns of <paramref name="from"/>.</param>
    /// <param name="fromStride">Floats from row to row.</param>
    /// <param name="to">[columnCount, toStride].</param>
    /// <param name="toStride">Floats from row to row; all of them are written.</param>
    public static void Padded(float* from, int rowCount, int columnCount, nint fromStride, float* to, int toStride)
    {
        int row = 0;
        if (Avx.IsSupported)
        {
            for (; row <= rowCount - Side; row += Side)
            {
                int column = 0;
                for (; column <= columnCount - Side; column += Side)
                {
                    float* source = from + (row * fromStride) + column;
                    Square(source, fromStride, to + ((nint)column * toStride) + row, toStride);
                }

                Plain(from, row, row + Side, column, columnCount, fromStride, to, toStride);
            }
        }

        Plain(from, row, rowCount, 0, columnCount, fromStride, to, toStride);
        if (toStride > rowCount)
        {
            for (int column = 0; column < columnCount; column++)
            {
                new Span<float>(to + ((nint)column * toStride) + rowCount, toStride - rowCount).Clear();
            }
        }
    }

    private static void Plain(
        float* from, int rowStart, int rowEnd, int columnStart, int columnEnd, nint fromStride,
        float* to, nint toStride)
    {
        for (int row = rowStart; row < rowEnd; row++)
        {
            for (int column = columnStart; column < columnEnd; column++)
            {
                to[(column * toStride) + row] = from[(row * fromStride) + column];
            }
        }
    }

    // Pairs, then pairs of pairs, then halves: 24 shuffles for 64 numbers.
    private static void Square(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> r0 = Vector256.Load(from);
        Vector256<float> r1 = Vector256.Load(from + fromStride);
        Vector256<float> r2 = Vector256.Load(from + (2 * fromStride));
        Vector256<float> r3 = Vector256.Load(from + (3 * fromStride));
        Vector256<float> r4 = Vector256.Load(from + (4 * fromStride));
        Vector256<float> r5 = Vector256.Load(from + (5 * fromStride));
        Vector256<float> r6 = Vector256.Load(from + (6 * fromStride));
        Vector256<float> r7 = Vector256.Load(from + (7 * fromStride));

        Vector256<double> p0 = Avx.UnpackLow(r0, r1).AsDouble();
        Vector256<double> p1 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> p2 = Avx.UnpackLow(r2, r3).AsDouble();
        Vector256<double> p3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Vector256<double> p4 = Avx.UnpackLow(r4, r5).AsDouble();
        Vector256<double> p5 = Avx.UnpackHigh(r4, r5).AsDouble();
        Vector256<double> p6 = Avx.UnpackLow(r6, r7).AsDouble();
        Vector256<double> p7 = Avx.UnpackHigh(r6, r7).AsDouble();

        Vector256<float> q0 = Avx.UnpackLow(p0, p2).AsSingle();
        Vector256<float> q1 = Avx.UnpackHigh(p0, p2).AsSingle();
        Vector256<float> q2 = Avx.UnpackLow(p1, p3).AsSingle();
        Vector256<float> q3 = Avx.UnpackHigh(p1, p3).AsSingle();
        Vector256<float> q4 = Avx.UnpackLow(p4, p6).AsSingle();
        Vector256<float> q5 = Avx.UnpackHigh(p4, p6).AsSingle();
        Vector256<float> q6 = Avx.UnpackLow(p5, p7).AsSingle();
        Vector256<float> q7 = Avx.UnpackHigh(p5, p7).AsSingle();

        const byte LowHalves = 0x20;
        const byte HighHalves = 0x31;
        Avx.Permute2x128(q0, q4, LowHalves).Store(to);
        Avx.Permute2x128(q1, q5, LowHalves).Store(to + toStride);
        Avx.Permute2x128(q2, q6, LowHalves).Store(to + (2 * toStride));
        Avx.Permute2x128(q3, q7, LowHalves).Store(to + (3 * toStride));
        Avx.Permute2x128(q0, q4, HighHalves).Store(to + (4 * toStride));
        Avx.Permute2x128(q1, q5, HighHalves).Store(to + (5 * toStride));
        Avx.Permute2x128(q2, q6, HighHalves).Store(to + (6 * toStride));
        Avx.Permute2x128(q3, q7, HighHalves).Store(to + (7 * toStride));
    }
}
