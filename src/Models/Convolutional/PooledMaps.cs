using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Convolutional;

/// <summary>What one thread needs for one <see cref="ConvolutionLayer"/>: what came out, what was chosen, and the sums of its gradient.</summary>
internal sealed unsafe class PooledMaps
{
    private readonly ConvolutionLayer _layer;
    private readonly uint[] _choices;
    private readonly AlignedBuffer _scores;
    private readonly AlignedBuffer _sums;
    private readonly int _scoreRows;

    /// <param name="stride">Most samples, a multiple of 16.</param>
    /// <param name="scoreRows">Rows of score gradients to keep: 2, or all where the gradient of the input is wanted.</param>
    public PooledMaps(ConvolutionLayer layer, int stride, int scoreRows)
    {
        _layer = layer;
        _scoreRows = scoreRows;
        Pooled = new AlignedBuffer((long)layer.PooledLength * stride);
        _choices = GC.AllocateArray<uint>(layer.PooledLength * stride / GemmTile.Lanes, pinned: true);
        _scores = new AlignedBuffer((long)scoreRows * layer.Outputs * layer.ScoreWidth * stride);
        _sums = new AlignedBuffer((long)layer.Outputs * layer.TapsOfOutput * GemmTile.Lanes);
    }

    /// <summary>[outputs, pooled height, pooled width, stride].</summary>
    public AlignedBuffer Pooled { get; }

    public void Forward(float* x, float* input, int stride)
    {
        fixed (float* pooled = Pooled.Span)
        fixed (uint* choices = _choices)
        {
            Convolution.Forward(_layer, x, input, stride, pooled, choices);
        }
    }

    /// <summary>Adds what a part of a batch does to weight and bias; the weight's sums wait for <see cref="SaveWeightGradient"/>.</summary>
    /// <param name="gradient">Of <see cref="Pooled"/>, zero where the ReLU cut off.</param>
    /// <param name="input">[channels, height, width, stride].</param>
    /// <param name="result">The whole gradient, of which the bias is written.</param>
    /// <param name="isFirst">Whether this is the first part of the batch.</param>
    public void AddGradient(float* gradient, float* input, int stride, float* result, bool isFirst)
    {
        if (isFirst)
        {
            _sums.Span.Clear();
        }

        int outputLength = _layer.PooledHeight * _layer.PooledWidth * stride;
        for (int o = 0; o < _layer.Outputs; o++)
        {
            float sum = Reductions.SumPadded(gradient + ((nint)o * outputLength), outputLength);
            result[_layer.BiasOffset + o] = isFirst ? sum : result[_layer.BiasOffset + o] + sum;
        }

        nint scoreRow = (nint)_layer.Outputs * _layer.ScoreWidth * stride;
        fixed (float* scores = _scores.Span, sums = _sums.Span)
        fixed (uint* choices = _choices)
        {
            for (int row = 0; row < _layer.PooledHeight; row++)
            {
                float* upper = scores + (2 * row % _scoreRows * scoreRow);
                Convolution.ScoreGradients(_layer, row, gradient, choices, stride, upper);
                Convolution.AddWeightGradients(_layer, 2 * row, upper, input, stride, sums);
                Convolution.AddWeightGradients(_layer, (2 * row) + 1, upper + scoreRow, input, stride, sums);
            }
        }
    }

    /// <summary>Writes the weight's gradient of all parts.</summary>
    /// <param name="result">The whole gradient.</param>
    public void SaveWeightGradient(float* result)
    {
        fixed (float* sums = _sums.Span)
        {
            TapSums.Fold(sums, result + _layer.WeightOffset, _layer.Outputs * _layer.TapsOfOutput);
        }
    }

    /// <summary>The gradient of the input; all rows of scores must have been kept.</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="below">[channels, height, width, stride]; overwritten.</param>
    public void InputGradient(float* x, int stride, float* below)
    {
        fixed (float* scores = _scores.Span)
        {
            Convolution.InputGradient(_layer, x, scores, stride, below);
        }
    }
}
