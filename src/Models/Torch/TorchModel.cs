using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Torch.Inputs;
using OrleansSgd.Models.Torch.Losses;

namespace OrleansSgd.Models.Torch;

/// <summary>A network that libtorch computes, as a loss over one flat vector.</summary>
/// <remarks>
/// <para>The vector holds the parameters one after another in the order and under the names of the state dict of the same
/// network written as a PyTorch module; <see cref="Networks"/> says what each is made of.</para>
/// <para>Batch normalisation uses the batch's own mean and variance in a gradient, and measured ones in an evaluation.</para>
/// </remarks>
internal sealed class TorchModel : IModel
{
    private readonly TorchRecipe _recipe;

    /// <param name="plan">Its kind and λ are used.</param>
    /// <param name="recipe">How networks, inputs and losses are made.</param>
    /// <exception cref="ModelException">libtorch cannot make the network.</exception>
    public TorchModel(ModelPlan plan, TorchRecipe recipe)
    {
        _recipe = recipe;
        Kind = plan.Kind;
        L2 = plan.L2;
        (Start, Tensors, Momenta, Buffers) = PassingThread.Run(() =>
        {
            using Network network = NewNetwork();
            IReadOnlyList<float> momenta = recipe.CreateMomenta(network);
            return (
                recipe.CreateStart(network), Lay(network.Parameters.Select(item => (item.Name, item.Value.shape))), momenta,
                Lay(network.Statistics.Where((_, i) => momenta[i] > 0).Select(item => (item.Name, item.Value.shape))));
        });
        ParameterCount = Tensors.Count == 0 ? 0 : Tensors[^1].Offset + Tensors[^1].Length;
    }

    public string Kind { get; }

    public int ParameterCount { get; }

    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public IReadOnlyList<ParameterTensor> Buffers { get; }

    public bool IsClassifier => ClassCount > 0;

    public bool HasExactSmoothness => false;

    /// <summary>Coordinates of one sample.</summary>
    public int FeatureCount => _recipe.FeatureCount;

    /// <summary>Classes, or 0 when labels are targets of a squared loss.</summary>
    public int ClassCount => _recipe.ClassCount;

    /// <summary>λ.</summary>
    public double L2 { get; }

    /// <summary>How much of a batch's own statistic each statistic takes on when the network sees the batch; 0: nothing.</summary>
    public IReadOnlyList<float> Momenta { get; }

    private IParameterStart Start { get; }

    public void Initialise(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters.Length} coordinates, but the model has {ParameterCount}.", nameof(parameters));
        }

        Start.Write(parameters, seed);
    }

    public IGradientSession CreateSession(int batchMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return PassingThread.Run(() => NewSession(batchMax));
    }

    /// <summary>None: a network has no smallest L in closed form.</summary>
    public double? Smoothness(ISampleSource samples) => null;

    /// <summary>For one session.</summary>
    public ITorchInput CreateInput(int batchMax) => _recipe.CreateInput(batchMax);

    /// <summary>For one session.</summary>
    public ITorchLoss CreateLoss(int batchMax) => _recipe.CreateLoss(batchMax);

    private TorchSession NewSession(int batchMax)
    {
        Network network = NewNetwork();
        try
        {
            return Buffers.Count > 0 ? new TorchStatisticsSession(this, network, batchMax) : new TorchSession(this, network, batchMax);
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            network.Dispose();
            throw TorchErrors.Computing(Kind, batchMax, error);
        }
    }

    private Network NewNetwork()
    {
        try
        {
            TorchThreads.Apply();
            return _recipe.CreateNetwork();
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            throw TorchErrors.Computing(Kind, 1, error);
        }
    }

    private static List<ParameterTensor> Lay(IEnumerable<(string Name, long[] Shape)> tensors)
    {
        List<ParameterTensor> laid = [];
        int offset = 0;
        foreach ((string name, long[] shape) in tensors)
        {
            laid.Add(new ParameterTensor(name, [.. shape.Select(extent => checked((int)extent))], offset));
            offset += laid[^1].Length;
        }

        return laid;
    }
}
