using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Layers;

/// <summary>Forward and backward pass of a <see cref="LayeredModel"/>, one sample a column.</summary>
/// <remarks>
/// <para>Activations are [width, stride], stride being the batch rounded up to whole vectors. Then the weights are
/// only ever read one number at a time, in the order they are stored, and never copied: forward is Z = W·H, backward
/// H′ = Wᵀ·G and W′ = G·Hᵀ. Only the batch (once) and the hidden activations (once each) are turned over.</para>
/// <para>Columns beyond the batch hold arbitrary numbers going forward and zeros coming back; no sum over
/// the samples reads the former.</para>
/// </remarks>
internal sealed unsafe class LayeredSession : ILayeredGradient
{
    private readonly LayeredModel _model;
    private readonly LinearLayer[] _layers;
    private readonly float _l2;
    private readonly bool _isTanh;
    private readonly int _batchMax;

    // _activations[l] feeds layer l; the last holds the logits and then their gradient. The first is made when the
    // first dense batch comes: sparse data may have far too many features for it.
    private readonly AlignedBuffer?[] _activations;
    private readonly AlignedBuffer _turned;
    private readonly AlignedBuffer _gradientEven;
    private readonly AlignedBuffer _gradientOdd;

    public LayeredSession(LayeredModel model, LinearLayer[] layers, double l2, bool isTanh, int batchMax)
    {
        _model = model;
        _layers = layers;
        _l2 = (float)l2;
        _isTanh = isTanh;
        _batchMax = batchMax;
        long strideMax = LinearPass.Stride(batchMax);
        _activations = new AlignedBuffer?[layers.Length + 1];
        int hiddenMax = 0;
        for (int l = 0; l < layers.Length; l++)
        {
            _activations[l + 1] = new AlignedBuffer(layers[l].Outputs * strideMax);
            hiddenMax = l < layers.Length - 1 ? Math.Max(hiddenMax, layers[l].Outputs) : hiddenMax;
        }

        _turned = new AlignedBuffer((long)hiddenMax * batchMax);
        _gradientEven = new AlignedBuffer(hiddenMax * strideMax);
        _gradientOdd = new AlignedBuffer(hiddenMax * strideMax);
    }

    public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient) =>
        Gradient(parameters, batch, gradient, null, out _);

    BatchLoss ILayeredGradient.Gradient(
        ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient, Func<bool> isLate, out int firstCoordinate)
    {
        ArgumentNullException.ThrowIfNull(isLate);
        return Gradient(parameters, batch, gradient, isLate, out firstCoordinate);
    }

    public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        BatchCheck.Throw(
            parameters.Length, _model.ParameterCount, batch, _model.FeatureCount, _batchMax, _model.ClassCount);
        fixed (float* x = parameters)
        {
            Forward(parameters, x, batch);
            (double lossSum, int correct) = Head(batch, withGradient: false);
            return new BatchLoss(lossSum + WeightDecay.Add(_l2, x, null, 0, _model.ParameterCount, batch.Count), batch.Count, correct);
        }
    }

    public void Dispose()
    {
        // Nothing to free: the buffers belong to the garbage collector.
    }

    private BatchLoss Gradient(
        ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient, Func<bool>? isLate, out int firstCoordinate)
    {
        BatchCheck.Throw(
            parameters.Length, _model.ParameterCount, batch, _model.FeatureCount, _batchMax, _model.ClassCount);
        BatchCheck.ThrowUnlessGradient(gradient.Length, _model.ParameterCount);
        fixed (float* x = parameters, result = gradient)
        {
            Forward(parameters, x, batch);
            (double lossSum, int correct) = Head(batch, withGradient: true);
            firstCoordinate = Backward(x, batch, gradient, result, isLate);
            gradient[..firstCoordinate].Clear();
            return new BatchLoss(lossSum + WeightDecay.Add(_l2, x, result, firstCoordinate, _model.ParameterCount, batch.Count), batch.Count, correct);
        }
    }

    private void Forward(ReadOnlySpan<float> parameters, float* x, SampleBatch batch)
    {
        int stride = LinearPass.Stride(batch.Count);
        for (int l = 0; l < _layers.Length; l++)
        {
            LinearLayer layer = _layers[l];
            Span<float> output = _activations[l + 1]!.Span[..(layer.Outputs * stride)];
            fixed (float* z = output)
            {
                if (l == 0 && batch.IsSparse)
                {
                    output.Clear();
                    LinearPass.Bias(layer, x, z, stride);
                    SparseRows.Forward(
                        parameters[layer.WeightOffset..layer.WeightEnd], layer.Outputs, batch, z, stride);
                }
                else if (l == 0 && batch.IsBytes)
                {
                    ByteRows bytes = batch.Bytes;
                    fixed (byte* table = bytes.Table)
                    fixed (int* starts = bytes.Starts)
                    {
                        LinearPass.Forward(layer, x, new ByteColumns(table, starts, batch.Count, bytes.Centre, bytes.Scale), z, stride);
                    }
                }
                else
                {
                    fixed (float* h = l == 0 ? TurnBatch(batch, stride) : _activations[l]!.Span)
                    {
                        LinearPass.Forward(layer, x, h, z, stride);
                    }
                }

                if (l < _layers.Length - 1)
                {
                    Activate(z, output.Length);
                }
            }
        }
    }

    private Span<float> TurnBatch(SampleBatch batch, int stride)
    {
        AlignedBuffer turned = _activations[0] ??= new AlignedBuffer((long)_model.FeatureCount * LinearPass.Stride(_batchMax));
        fixed (float* rows = batch.Dense, columns = turned.Span)
        {
            Transpose.Padded(rows, batch.Count, _model.FeatureCount, _model.FeatureCount, columns, stride);
        }

        return turned.Span;
    }

    private (double LossSum, int Correct) Head(SampleBatch batch, bool withGradient)
    {
        int stride = LinearPass.Stride(batch.Count);
        fixed (float* z = _activations[^1]!.Span)
        {
            return _model.IsClassifier
                ? CrossEntropy.Head(z, _model.ClassCount, stride, batch.Labels, batch.Count, withGradient)
                : (SquaredHead(z, stride, batch.Labels), 0);
        }
    }

    // Writes (z − y) / count over the outputs, zeros beyond the batch.
    private static double SquaredHead(float* z, int stride, ReadOnlySpan<float> targets)
    {
        double lossSum = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            float residual = z[i] - targets[i];
            lossSum += 0.5 * residual * residual;
            z[i] = residual / targets.Length;
        }

        new Span<float>(z + targets.Length, stride - targets.Length).Clear();
        return lossSum;
    }

    // Layers lie in the vector in their order, so what a late stop leaves out is its beginning. Answers where that ends.
    private int Backward(float* x, SampleBatch batch, Span<float> gradient, float* result, Func<bool>? isLate)
    {
        int count = batch.Count;
        int stride = LinearPass.Stride(count);
        AlignedBuffer current = _activations[^1]!;
        for (int l = _layers.Length - 1; l >= 0; l--)
        {
            LinearLayer layer = _layers[l];
            if (isLate is not null && l < _layers.Length - 1 && isLate())
            {
                return layer.End;
            }

            fixed (float* g = current.Span)
            {
                if (l == 0)
                {
                    FirstWeightGradient(layer, g, stride, batch, gradient, result);
                    break;
                }

                AlignedBuffer below = l % 2 == 0 ? _gradientEven : _gradientOdd;
                fixed (float* h = _activations[l]!.Span, turned = _turned.Span, next = below.Span)
                {
                    Transpose.Padded(h, layer.Inputs, count, stride, turned, layer.Inputs);
                    LinearPass.WeightGradient(layer, g, stride, turned, count, result, accumulate: false);
                    LinearPass.InputGradient(layer, x, g, stride, next);
                    ActivateBackward(h, next, layer.Inputs * stride);
                }

                current = below;
            }
        }

        return 0;
    }

    private static void FirstWeightGradient(
        LinearLayer layer, float* g, int stride, SampleBatch batch, Span<float> gradient, float* result)
    {
        if (batch.IsSparse)
        {
            LinearPass.BiasGradient(layer, g, stride, result, accumulate: false);
            SparseRows.Backward(g, layer.Outputs, stride, batch, gradient[layer.WeightOffset..layer.WeightEnd]);
            return;
        }

        if (batch.IsBytes)
        {
            ByteRows bytes = batch.Bytes;
            fixed (byte* table = bytes.Table)
            fixed (int* starts = bytes.Starts)
            {
                LinearPass.WeightGradient(layer, g, stride, new ByteSamples(table, starts, bytes.Centre, bytes.Scale), batch.Count, result);
            }

            return;
        }

        fixed (float* rows = batch.Dense)
        {
            LinearPass.WeightGradient(layer, g, stride, rows, batch.Count, result, accumulate: false);
        }
    }

    private void Activate(float* z, int length)
    {
        if (_isTanh)
        {
            Activations.Tanh(z, length);
        }
        else
        {
            Activations.Relu(z, length);
        }
    }

    private void ActivateBackward(float* activation, float* gradient, int length)
    {
        if (_isTanh)
        {
            Activations.TanhBackward(activation, gradient, length);
        }
        else
        {
            Activations.ReluBackward(activation, gradient, length);
        }
    }
}
