using System.Runtime.CompilerServices;
using OrleansSgd.Models.Convolutional;

namespace OrleansSgd.Models.Kernels;

/// <summary>A <see cref="ConvolutionLayer"/> forward and backward over samples that lie one a lane.</summary>
/// <remarks>
/// <para>Numbers are [channel, row, column, stride], stride being the samples rounded up to whole vectors, at most 64. So each tap reads
/// whole vectors where they lie: nothing is gathered into a matrix first, and a tile of <see cref="GemmTile"/> sums over channels and taps.</para>
/// <para>Scores before the pool live for one 2 × 2 only; of their gradients, which are a row after another, three of four are zeros.</para>
/// </remarks>
internal static unsafe class Convolution
{
    private const int Side = ConvolutionLayer.Side;
    private const int Lanes = GemmTile.Lanes;

    /// <summary>Most samples at a time.</summary>
    public const int StrideMax = 64;

    /// <summary>pooled ← max(0, the largest 2 × 2 of weight ∗ input + bias).</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="input">[channels, height, width, stride].</param>
    /// <param name="pooled">[outputs, pooled height, pooled width, stride].</param>
    /// <param name="choices">One for 16 numbers of <paramref name="pooled"/>.</param>
    [SkipLocalsInit]
    public static void Forward(ConvolutionLayer layer, float* x, float* input, int stride, float* pooled, uint* choices)
    {
        float* scores = stackalloc float[4 * GemmTile.RowCountMax * StrideMax];
        nint inputRow = (nint)layer.Width * stride;
        nint outputStride = (nint)layer.PooledHeight * layer.PooledWidth * stride;
        var depth = new TileDepth(
            layer.Channels, Side, Side, ConvolutionLayer.Taps, Side, 1, layer.Height * inputRow, inputRow, stride);
        for (int y = 0; y < layer.PooledHeight; y++)
        {
            for (int column = 0; column < layer.PooledWidth; column++)
            {
                float* first = input + (2 * y * inputRow) + (2 * column * stride);
                nint place = ((y * layer.PooledWidth) + column) * (nint)stride;
                for (int o = 0, rows; o < layer.Outputs; o += rows)
                {
                    rows = GemmTiles.RowsOfNext(layer.Outputs - o);
                    float* weight = x + layer.WeightOffset + (o * layer.TapsOfOutput);
                    nint one = (nint)rows * stride;
                    Tiles(rows, stride, &depth, weight, layer.TapsOfOutput, first, scores, stride);
                    Tiles(rows, stride, &depth, weight, layer.TapsOfOutput, first + stride, scores + one, stride);
                    Tiles(rows, stride, &depth, weight, layer.TapsOfOutput, first + inputRow, scores + (2 * one), stride);
                    Tiles(rows, stride, &depth, weight, layer.TapsOfOutput, first + inputRow + stride, scores + (3 * one), stride);
                    nint target = (o * outputStride) + place;
                    MaxPool.Forward(scores, rows, stride, x + layer.BiasOffset + o, pooled + target, choices + (target / Lanes), outputStride);
                }
            }
        }
    }

    /// <summary>Two rows of the gradient of the scores, from one of the pooled gradient.</summary>
    /// <param name="row">Which row of the pooled gradient.</param>
    /// <param name="gradient">[outputs, pooled height, pooled width, stride], zero where the ReLU cut off.</param>
    /// <param name="choices">Of the same numbers, as the way forward left them.</param>
    /// <param name="scores">[2, outputs, 2 · pooled width, stride].</param>
    public static void ScoreGradients(ConvolutionLayer layer, int row, float* gradient, uint* choices, int stride, float* scores)
    {
        nint scoreRow = (nint)layer.ScoreWidth * stride;
        for (int o = 0; o < layer.Outputs; o++)
        {
            nint place = ((o * layer.PooledHeight) + row) * (nint)layer.PooledWidth * stride;
            float* upper = scores + (o * scoreRow);
            MaxPool.Backward(
                gradient + place, choices + (place / Lanes), layer.PooledWidth, stride, upper, upper + (layer.Outputs * scoreRow));
        }
    }

    /// <summary>Adds one row of scores to the sums of the weight gradient.</summary>
    /// <param name="row">Which row of scores.</param>
    /// <param name="scores">Its gradients, [outputs, 2 · pooled width, stride].</param>
    /// <param name="input">[channels, height, width, stride].</param>
    /// <param name="sums">[outputs, channels, 5, 5, 16].</param>
    public static void AddWeightGradients(ConvolutionLayer layer, int row, float* scores, float* input, int stride, float* sums)
    {
        int length = layer.ScoreWidth * stride;
        nint sumStride = (nint)layer.TapsOfOutput * Lanes;
        for (int o = 0, rows; o < layer.Outputs; o += rows)
        {
            int left = layer.Outputs - o;
            int calls = (left + TapSums.RowCountMax - 1) / TapSums.RowCountMax;
            rows = (left + calls - 1) / calls;
            float* g = scores + ((nint)o * length);
            for (int c = 0; c < layer.Channels; c++)
            {
                for (int tap = 0; tap < Side; tap++)
                {
                    float* h = input + (((c * layer.Height) + row + tap) * (nint)layer.Width * stride);
                    float* sum = sums + (o * sumStride) + (((c * ConvolutionLayer.Taps) + (tap * Side)) * Lanes);
                    switch (rows)
                    {
                        case 1: TapSums.Add<One>(length, g, length, h, stride, sum, sumStride); break;
                        case 2: TapSums.Add<Two>(length, g, length, h, stride, sum, sumStride); break;
                        case 3: TapSums.Add<Three>(length, g, length, h, stride, sum, sumStride); break;
                        default: TapSums.Add<Four>(length, g, length, h, stride, sum, sumStride); break;
                    }
                }
            }
        }
    }

    /// <summary>The gradient of the input, from that of all scores.</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="scores">[2 · pooled height, outputs, 2 · pooled width, stride].</param>
    /// <param name="result">[channels, height, width, stride]; overwritten.</param>
    public static void InputGradient(ConvolutionLayer layer, float* x, float* scores, int stride, float* result)
    {
        nint outputStride = (nint)layer.ScoreWidth * stride;
        nint scoreRow = layer.Outputs * outputStride;
        nint channelStride = (nint)layer.Height * layer.Width * stride;
        for (int y = 0; y < layer.Height; y++)
        {
            (int firstRow, int rowCount) = Reaching(y, layer.ScoreHeight);
            for (int column = 0; column < layer.Width; column++)
            {
                (int firstColumn, int columnCount) = Reaching(column, layer.ScoreWidth);
                var depth = new TileDepth(
                    layer.Outputs, rowCount, columnCount, layer.TapsOfOutput, Side, 1, outputStride, -scoreRow, -stride);
                float* weight = x + layer.WeightOffset + (firstRow * Side) + firstColumn;
                float* score = scores + ((y - firstRow) * scoreRow) + ((column - firstColumn) * (nint)stride);
                float* target = result + (((y * layer.Width) + column) * (nint)stride);
                for (int c = 0, rows; c < layer.Channels; c += rows)
                {
                    rows = GemmTiles.RowsOfNext(layer.Channels - c);
                    Tiles(
                        rows, stride, &depth, weight + (c * ConvolutionLayer.Taps), ConvolutionLayer.Taps, score,
                        target + (c * channelStride), channelStride);
                }
            }
        }
    }

    // Taps that lead from an input row to one of the scores: the first and how many.
    private static (int First, int Count) Reaching(int place, int scoreCount)
    {
        int first = Math.Max(0, place - scoreCount + 1);
        return (first, Math.Max(0, Math.Min(Side - 1, place) - first + 1));
    }

    // One tile, or as many side by side as the samples need on this machine.
    private static void Tiles(int rows, int stride, TileDepth* depth, float* a, nint aRowStride, float* b, float* c, nint cStride)
    {
        int vectors = stride / Lanes;
        for (int vector = 0; vector < vectors; vector += GemmTile.VectorCountMax)
        {
            int now = Math.Min(GemmTile.VectorCountMax, vectors - vector);
            GemmTiles.Of(rows, now)(depth, a, aRowStride, b + (vector * Lanes), c + (vector * Lanes), cStride, false);
        }
    }
}
