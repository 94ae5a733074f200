using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Smoothness;

/// <summary>AᵀA/n written out, after one pass over dense samples.</summary>
/// <remarks>Sums the upper triangle alone, four rows at a time, each number in ascending order of samples.</remarks>
internal sealed class GramMatrix : ISymmetricProduct
{
    private const int Lanes = 8;
    private const int RowsAtOnce = 4;

    private readonly double[] _numbers;
    private readonly int _stride;

    /// <param name="sweep">Dense rows.</param>
    public GramMatrix(RowSweep sweep)
    {
        Dimension = sweep.Dimension;
        _stride = (Dimension + Lanes - 1) / Lanes * Lanes;
        _numbers = new double[Dimension * _stride];
        double[] rows = new double[RowsAtOnce * _stride];
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

                AddProducts(rows);
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

    private void AddProducts(double[] rows)
    {
        int vectorCount = _stride / Lanes;
        ReadOnlySpan<Vector512<double>> wide = MemoryMarshal.Cast<double, Vector512<double>>(rows);
        ReadOnlySpan<Vector512<double>> w0 = wide[..vectorCount];
        ReadOnlySpan<Vector512<double>> w1 = wide.Slice(vectorCount, vectorCount);
        ReadOnlySpan<Vector512<double>> w2 = wide.Slice(2 * vectorCount, vectorCount);
        ReadOnlySpan<Vector512<double>> w3 = wide.Slice(3 * vectorCount, vectorCount);
        for (int i = 0; i < Dimension; i++)
        {
            Vector512<double> x0 = Vector512.Create(rows[i]);
            Vector512<double> x1 = Vector512.Create(rows[_stride + i]);
            Vector512<double> x2 = Vector512.Create(rows[(2 * _stride) + i]);
            Vector512<double> x3 = Vector512.Create(rows[(3 * _stride) + i]);
            Span<Vector512<double>> target = MemoryMarshal.Cast<double, Vector512<double>>(
                _numbers.AsSpan(i * _stride, _stride));
            for (int j = i / Lanes; j < target.Length; j++)
            {
                Vector512<double> sum = Vector512.FusedMultiplyAdd(x0, w0[j], target[j]);
                sum = Vector512.FusedMultiplyAdd(x1, w1[j], sum);
                sum = Vector512.FusedMultiplyAdd(x2, w2[j], sum);
                target[j] = Vector512.FusedMultiplyAdd(x3, w3[j], sum);
            }
        }
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
