using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Smoothness;

/// <summary>AᵀA/n written out, after one pass over dense samples.</summary>
/// <remarks>
/// Sums the upper triangle alone, in tiles of two rows and 32 columns that stay in registers over 64 samples; each number in ascending order of
/// samples, whatever the tiles.
/// </remarks>
internal sealed class GramMatrix : ISymmetricProduct
{
    private const int Lanes = 8;
    private const int TileVectors = 4;
    private const int TileLength = TileVectors * Lanes;
    private const int RowsAtOnce = 64;

    private readonly double[] _numbers;
    private readonly int _stride;

    /// <param name="sweep">Dense rows.</param>
    public GramMatrix(RowSweep sweep)
    {
        Dimension = sweep.Dimension;
        _stride = (Dimension + TileLength - 1) / TileLength * TileLength;
        _numbers = new double[(Dimension + 1) * _stride]; // one row more, as rows go in pairs
        double[] rows = new double[RowsAtOnce * _stride];
        double[] turned = new double[(Dimension + 1) * RowsAtOnce];
        int start = 0;
        while (start < sweep.SampleCount)
        {
            SampleBatch batch = sweep.Read(start);
            for (int row = 0; row < batch.Count; row += RowsAtOnce)
            {
                Array.Clear(rows);
                for (int i = 0; i < Math.Min(RowsAtOnce, batch.Count - row); i++)
                {
                    sweep.Widen(batch, row + i, rows.AsSpan(i * _stride, _stride));
                }

                Turn(rows, turned);
                for (int tile = 0; tile < _stride; tile += TileLength)
                {
                    AddTile(rows, turned, tile);
                }
            }

            start += batch.Count;
        }

        Finish(sweep.SampleCount);
    }

    public int Dimension { get; }

    public void Multiply(ReadOnlySpan<double> direction, Span<double> result)
    {
        for (int i = 0; i < Dimension; i++)
        {
            result[i] = Vector.Dot(_numbers.AsSpan(i * _stride, Dimension), direction);
        }
    }

    private void Turn(double[] rows, double[] turned)
    {
        for (int row = 0; row < RowsAtOnce; row++)
        {
            for (int i = 0; i < Dimension; i++)
            {
                turned[(i * RowsAtOnce) + row] = rows[(row * _stride) + i];
            }
        }
    }

    // All numbers of 32 columns that are on the diagonal or above it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddTile(double[] rows, double[] turned, int tile)
    {
        int end = Math.Min(Dimension, tile + TileLength);
        ref double source = ref rows[tile];
        for (int i = 0; i < end; i += 2)
        {
            ref double upper = ref _numbers[(i * _stride) + tile];
            ref double lower = ref _numbers[((i + 1) * _stride) + tile];
            ref double x = ref turned[i * RowsAtOnce];
            ref double y = ref turned[(i + 1) * RowsAtOnce];
            Vector512<double> u0 = Load(ref upper, 0), u1 = Load(ref upper, 1), u2 = Load(ref upper, 2), u3 = Load(ref upper, 3);
            Vector512<double> l0 = Load(ref lower, 0), l1 = Load(ref lower, 1), l2 = Load(ref lower, 2), l3 = Load(ref lower, 3);
            for (int row = 0; row < RowsAtOnce; row++)
            {
                ref double wide = ref Unsafe.Add(ref source, row * _stride);
                Vector512<double> a = Vector512.Create(Unsafe.Add(ref x, row));
                Vector512<double> b = Vector512.Create(Unsafe.Add(ref y, row));
                Vector512<double> w0 = Load(ref wide, 0), w1 = Load(ref wide, 1), w2 = Load(ref wide, 2), w3 = Load(ref wide, 3);
                u0 = Vector512.FusedMultiplyAdd(a, w0, u0);
                u1 = Vector512.FusedMultiplyAdd(a, w1, u1);
                u2 = Vector512.FusedMultiplyAdd(a, w2, u2);
                u3 = Vector512.FusedMultiplyAdd(a, w3, u3);
                l0 = Vector512.FusedMultiplyAdd(b, w0, l0);
                l1 = Vector512.FusedMultiplyAdd(b, w1, l1);
                l2 = Vector512.FusedMultiplyAdd(b, w2, l2);
                l3 = Vector512.FusedMultiplyAdd(b, w3, l3);
            }

            Store(u0, u1, u2, u3, ref upper);
            Store(l0, l1, l2, l3, ref lower);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load(ref double start, int vector) => Vector512.LoadUnsafe(ref start, (nuint)(vector * Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d, ref double start)
    {
        a.StoreUnsafe(ref start, 0);
        b.StoreUnsafe(ref start, Lanes);
        c.StoreUnsafe(ref start, 2 * Lanes);
        d.StoreUnsafe(ref start, 3 * Lanes);
    }

    private void Finish(int sampleCount)
    {
        for (int i = 0; i < Dimension; i++)
        {
            for (int j = i; j < Dimension; j++)
            {
                double mean = _numbers[(i * _stride) + j] / sampleCount;
                _numbers[(i * _stride) + j] = mean;
                _numbers[(j * _stride) + i] = mean;
            }
        }
    }
}
