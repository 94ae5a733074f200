using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Smoothness;

/// <summary>AᵀA/n written out, after one pass over dense samples.</summary>
/// <remarks>
/// Products and sums over 64 samples are those of <see cref="Gemm"/>, in single precision; these sums are added up in double precision, in ascending
/// order of samples. What rounding can make of it is <see cref="ErrorMax"/>.
/// </remarks>
internal sealed unsafe class GramMatrix : ISymmetricProduct
{
    private const int RowsAtOnce = 64;
    private const int PanelWidth = 4 * GemmTile.Lanes;

    // A chain of 64 fused multiply-adds is off by at most this share of the sum of magnitudes: k·u / (1 − k·u), u = 2⁻²⁴.
    private const double ChainError = RowsAtOnce / (16777216.0 - RowsAtOnce);

    // Below it squares of single precision begin to lose digits, or vanish.
    private const double SquareMin = 1e-20;

    private readonly double[] _numbers;
    private readonly int _stride;

    /// <param name="sweep">Dense rows.</param>
    public GramMatrix(RowSweep sweep)
    {
        Dimension = sweep.Dimension;
        _stride = (((Dimension + GemmTile.Lanes - 1) / GemmTile.Lanes) | 1) * GemmTile.Lanes; // an odd number of lines: rows do not share sets of the cache
        _numbers = new double[Dimension * Dimension];
        var rows = new AlignedBuffer(RowsAtOnce * _stride);
        var panel = new AlignedBuffer(Dimension * PanelWidth);
        for (int start = 0; start < sweep.SampleCount; start += RowsAtOnce)
        {
            int count = Copy(sweep, start, rows.Span);
            for (int column = 0; column < Dimension; column += PanelWidth)
            {
                AddPanel(rows.Span, panel.Span, column, count);
            }
        }

        Finish(sweep.SampleCount);
    }

    public int Dimension { get; }

    /// <summary>At least the norm of the difference from AᵀA/n: |error| ≤ c·|A|ᵀ|A|/n in each number, whose norm is at most c times the trace.</summary>
    public double ErrorMax { get; private set; }

    /// <summary>False where samples are so large or so small that single precision does not hold their squares.</summary>
    public bool IsInRange { get; private set; }

    public void Multiply(ReadOnlySpan<double> direction, Span<double> result)
    {
        for (int i = 0; i < Dimension; i++)
        {
            result[i] = Vector.Dot(_numbers.AsSpan(i * Dimension, Dimension), direction);
        }
    }

    private int Copy(RowSweep sweep, int start, Span<float> rows)
    {
        SampleBatch batch = sweep.Read(start, RowsAtOnce);
        for (int row = 0; row < batch.Count; row++)
        {
            Span<float> copy = rows.Slice(row * _stride, Dimension);
            batch.Dense.Slice(row * batch.FeatureCount, batch.FeatureCount).CopyTo(copy);
            if (sweep.WithOne)
            {
                copy[^1] = 1;
            }
        }

        return batch.Count;
    }

    // All numbers of some columns that are on the diagonal or above it, and those below it in the same tiles.
    private void AddPanel(Span<float> rows, Span<float> panel, int column, int sampleCount)
    {
        int width = Math.Min(PanelWidth, Dimension - column);
        int height = column + width;
        fixed (float* left = rows, sums = panel)
        {
            Gemm.Multiply(height, width, sampleCount, left, 1, _stride, left + column, _stride, sums, PanelWidth, accumulate: false);
        }

        for (int i = 0; i < height; i++)
        {
            Vector.Add(panel.Slice(i * PanelWidth, width), _numbers.AsSpan((i * Dimension) + column, width));
        }
    }

    private void Finish(int sampleCount)
    {
        double trace = 0;
        double largest = 0;
        for (int i = 0; i < Dimension; i++)
        {
            for (int j = i; j < Dimension; j++)
            {
                double mean = _numbers[(i * Dimension) + j] / sampleCount;
                _numbers[(i * Dimension) + j] = mean;
                _numbers[(j * Dimension) + i] = mean;
            }

            double square = _numbers[(i * Dimension) + i];
            trace += square;
            largest = Math.Max(largest, square); // NaN stays NaN
        }

        ErrorMax = ChainError * trace;
        IsInRange = trace == 0 || (double.IsFinite(trace) && largest >= SquareMin);
    }
}
