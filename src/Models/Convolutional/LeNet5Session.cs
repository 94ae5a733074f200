using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;
using OrleansSgd.Models.Layers;

namespace OrleansSgd.Models.Convolutional;

/// <summary>Forward and backward pass of a <see cref="LeNet5Model"/>, one sample a lane.</summary>
/// <remarks>
/// Larger batches go through in parts of <see cref="Convolution.StrideMax"/> samples, so that what is between the layers stays in the caches; their
/// gradients are added up in order. Lanes beyond the samples hold what an empty image makes going forward and zeros coming back.
/// </remarks>
internal sealed unsafe class LeNet5Session : IGradientSession
{
    private readonly LeNet5Model _model;
    private readonly int _batchMax;
    private readonly PooledMaps _first;
    private readonly PooledMaps _second;
    private readonly AlignedBuffer _firstGradient;
    private readonly AlignedBuffer _image;
    private readonly AlignedBuffer[] _activations;
    private readonly AlignedBuffer[] _gradients;
    private readonly AlignedBuffer _turned;

    // Where the border of zeros lies depends on it.
    private int _imageStride;
    private float[]? _dense;

    public LeNet5Session(LeNet5Model model, int batchMax)
    {
        _model = model;
        _batchMax = batchMax;
        int stride = LinearPass.Stride(Math.Min(batchMax, Convolution.StrideMax));
        _image = new AlignedBuffer((long)model.First.InputLength * stride);
        _first = new PooledMaps(model.First, stride, scoreRows: 2);
        _second = new PooledMaps(model.Second, stride, scoreRows: model.Second.ScoreHeight);
        _firstGradient = new AlignedBuffer((long)model.First.PooledLength * stride);
        _activations = [.. model.Linear.Select(layer => new AlignedBuffer((long)layer.Outputs * stride))];
        _gradients = [.. model.Linear.Select(layer => new AlignedBuffer((long)layer.Inputs * stride))];
        _turned = new AlignedBuffer((long)model.Linear.Max(layer => layer.Inputs) * stride);
    }

    public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient)
    {
        Check(parameters.Length, batch);
        BatchCheck.ThrowUnlessGradient(gradient.Length, _model.ParameterCount);
        fixed (float* x = parameters, result = gradient)
        {
            return Pass(x, batch, result);
        }
    }

    public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        Check(parameters.Length, batch);
        fixed (float* x = parameters)
        {
            return Pass(x, batch, null);
        }
    }

    public void Dispose()
    {
        // Nothing to free: the buffers belong to the garbage collector.
    }

    private void Check(int parameterCount, SampleBatch batch) => BatchCheck.Throw(
        parameterCount, _model.ParameterCount, batch, _model.FeatureCount, _batchMax, _model.ClassCount);

    // Loss of the batch, and its gradient unless that is null.
    private BatchLoss Pass(float* x, SampleBatch batch, float* result)
    {
        double lossSum = 0;
        int correct = 0;
        ReadOnlySpan<float> samples = DenseRows(batch);
        for (int start = 0; start < batch.Count; start += Convolution.StrideMax)
        {
            int count = Math.Min(Convolution.StrideMax, batch.Count - start);
            int stride = LinearPass.Stride(count);
            fixed (float* rows = samples.Slice(start * _model.FeatureCount, count * _model.FeatureCount))
            {
                Forward(x, rows, count, stride);
            }

            fixed (float* logits = _activations[^1].Span)
            {
                (double partLoss, int partCorrect) = CrossEntropy.Head(
                    logits, _model.ClassCount, stride, batch.Labels.Slice(start, count), batch.Count, result != null);
                lossSum += partLoss;
                correct += partCorrect;
            }

            if (result != null)
            {
                Backward(x, count, stride, result, isFirst: start == 0);
            }
        }

        if (result != null)
        {
            _first.SaveWeightGradient(result);
            _second.SaveWeightGradient(result);
        }

        lossSum += WeightDecay.Add((float)_model.L2, x, result, 0, _model.ParameterCount, batch.Count);
        return new BatchLoss(lossSum, batch.Count, correct);
    }

    private void Forward(float* x, float* rows, int count, int stride)
    {
        fixed (float* image = Image(rows, count, stride))
        {
            _first.Forward(x, image, stride);
        }

        fixed (float* first = _first.Pooled.Span)
        {
            _second.Forward(x, first, stride);
        }

        AlignedBuffer below = _second.Pooled;
        for (int l = 0; l < _activations.Length; l++)
        {
            fixed (float* h = below.Span, z = _activations[l].Span)
            {
                LinearPass.Forward(_model.Linear[l], x, h, z, stride);
                if (l < _activations.Length - 1)
                {
                    Activations.Relu(z, _model.Linear[l].Outputs * stride);
                }
            }

            below = _activations[l];
        }
    }

    // The logits hold their own gradient.
    private void Backward(float* x, int count, int stride, float* result, bool isFirst)
    {
        AlignedBuffer above = _activations[^1];
        for (int l = _activations.Length - 1; l >= 0; l--)
        {
            LinearLayer layer = _model.Linear[l];
            AlignedBuffer input = l == 0 ? _second.Pooled : _activations[l - 1];
            fixed (float* g = above.Span, h = input.Span, turned = _turned.Span, below = _gradients[l].Span)
            {
                Transpose.Padded(h, layer.Inputs, count, stride, turned, layer.Inputs);
                LinearPass.WeightGradient(layer, g, stride, turned, count, result, accumulate: !isFirst);
                LinearPass.InputGradient(layer, x, g, stride, below);
                Activations.ReluBackward(h, below, layer.Inputs * stride);
            }

            above = _gradients[l];
        }

        fixed (float* g = above.Span, first = _first.Pooled.Span, below = _firstGradient.Span, image = _image.Span)
        {
            _second.AddGradient(g, first, stride, result, isFirst);
            _second.InputGradient(x, stride, below);
            Activations.ReluBackward(first, below, _model.First.PooledLength * stride);
            _first.AddGradient(below, image, stride, result, isFirst);
        }
    }

    // [channels, height, width, stride] with a border of zeros.
    private Span<float> Image(float* rows, int count, int stride)
    {
        if (_imageStride != stride)
        {
            _image.Span.Clear();
            _imageStride = stride;
        }

        (int channels, int height, int width) = (_model.Shape[0], _model.Shape[1], _model.Shape[2]);
        ConvolutionLayer layer = _model.First;
        fixed (float* image = _image.Span)
        {
            for (int line = 0; line < channels * height; line++)
            {
                nint place = ((((line / height * layer.Height) + (line % height) + LeNet5Model.Border) * layer.Width) + LeNet5Model.Border) * (nint)stride;
                Transpose.Padded(rows + ((nint)line * width), count, width, _model.FeatureCount, image + place, stride);
            }
        }

        return _image.Span;
    }

    private ReadOnlySpan<float> DenseRows(SampleBatch batch)
    {
        if (!batch.IsSparse)
        {
            return batch.Dense;
        }

        _dense ??= new float[checked(_batchMax * _model.FeatureCount)];
        Models.DenseRows.Copy(batch, _dense);
        return _dense;
    }
}
