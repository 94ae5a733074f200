using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;
using OrleansSgd.Models.Torch.Inputs;
using OrleansSgd.Models.Torch.Losses;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>Gradients of a <see cref="TorchModel"/>: a network of its own, one copy in and one copy out.</summary>
/// <remarks>
/// libtorch may split one operation over its threads, but always in the same way for the same number of threads, so the same
/// arguments give the same bits.
/// </remarks>
internal unsafe class TorchSession : IGradientSession
{
    private readonly TorchModel _model;
    private readonly FlatParameters _flat;
    private readonly ITorchInput _input;
    private readonly ITorchLoss _loss;
    private readonly int _batchMax;

    // Parameters that a TorchScript file says are not trained: regularisation must not move them either.
    private readonly Range[] _frozen;

    public TorchSession(TorchModel model, Network network, int batchMax)
    {
        _model = model;
        _batchMax = batchMax;
        Network = network;
        _flat = new FlatParameters([.. network.Parameters.Select(item => item.Value)]);
        _frozen =
        [
            .. model.Tensors.Where((_, i) => !network.Parameters[i].Value.requires_grad)
                .Select(tensor => tensor.Offset..(tensor.Offset + tensor.Length)),
        ];
        _input = model.CreateInput(batchMax);
        _loss = model.CreateLoss(batchMax);
    }

    /// <summary>The session's own.</summary>
    protected Network Network { get; }

    public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient)
    {
        BatchCheck.ThrowUnlessGradient(gradient.Length, _model.ParameterCount);
        Check(parameters.Length, batch);
        try
        {
            using IDisposable scope = torch.NewDisposeScope();
            _flat.Load(parameters);
            _flat.Forget();
            Network.Train(true);
            torch.Tensor output = Network.Forward(_input.Load(batch));
            torch.Tensor loss = _loss.Mean(output, batch);
            loss.backward();
            _flat.Save(gradient);
            double mean = loss.item<float>() + AddRegularisation(parameters, gradient);
            return new BatchLoss(mean * batch.Count, batch.Count, _loss.Correct(output, batch));
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            throw TorchErrors.Computing(_model.Kind, batch.Count, error);
        }
    }

    public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        Check(parameters.Length, batch);
        try
        {
            using IDisposable scope = torch.NewDisposeScope();
            using IDisposable quiet = torch.no_grad();
            _flat.Load(parameters);
            BeginEvaluation();
            torch.Tensor output = Network.Forward(_input.Load(batch));
            torch.Tensor loss = _loss.Mean(output, batch);
            double mean = loss.item<float>() + AddRegularisation(parameters, []);
            return new BatchLoss(mean * batch.Count, batch.Count, _loss.Correct(output, batch));
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            throw TorchErrors.Computing(_model.Kind, batch.Count, error);
        }
    }

    public void Dispose()
    {
        _loss.Dispose();
        _input.Dispose();
        _flat.Dispose();
        Network.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the network compute as it does outside training.</summary>
    protected virtual void BeginEvaluation() => Network.Train(false);

    /// <summary>Runs a batch forward as in training, without a gradient.</summary>
    protected void RunForward(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        Check(parameters.Length, batch);
        try
        {
            using IDisposable scope = torch.NewDisposeScope();
            using IDisposable quiet = torch.no_grad();
            _flat.Load(parameters);
            Network.Train(true);
            Network.Forward(_input.Load(batch));
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            throw TorchErrors.Computing(_model.Kind, batch.Count, error);
        }
    }

    private void Check(int parameterCount, SampleBatch batch) => BatchCheck.Throw(
        parameterCount, _model.ParameterCount, batch, _model.FeatureCount, _batchMax, _model.ClassCount);

    // ½·λ·‖v‖²; adds λ·v to the gradient when there is one.
    private double AddRegularisation(ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        float l2 = (float)_model.L2;
        if (l2 == 0)
        {
            return 0;
        }

        fixed (float* x = parameters, g = gradient)
        {
            if (g != null)
            {
                Reductions.AddScaled(l2, x, g, parameters.Length);
                foreach (Range range in _frozen)
                {
                    gradient[range].Clear();
                }
            }

            return 0.5 * l2 * Reductions.Dot(x, x, parameters.Length);
        }
    }
}
