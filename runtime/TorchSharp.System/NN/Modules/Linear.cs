using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>y = x · Wᵀ + b.</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    private Parameter? _bias;
    private Parameter? _weight;

    internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
    {
        in_features = weight.shape[1];
        out_features = weight.shape[0];
        this.weight = weight;
        this.bias = bias;
    }

    /// <summary>Weights and biases uniform in ±1/√in, as PyTorch draws them.</summary>
    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype) : base(nameof(Linear))
    {
        in_features = inputSize;
        out_features = outputSize;
        weight = nn.Parameter(empty(new[] { outputSize, inputSize }, dtype, device));
        if (hasBias)
            bias = nn.Parameter(empty(new[] { outputSize }, dtype, device));
        nn.init.LikePyTorch(weight, bias);
    }

    /// <summary>Length of an input.</summary>
    public long in_features { get; set; }

    /// <summary>Length of an output.</summary>
    public long out_features { get; set; }

    /// <summary>W, [out, in]. Setting it frees the one before.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>b, [out], or null. Setting it frees the one before.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(ref _bias, nameof(bias), value);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);

    /// <summary>Does nothing: the properties registered the parameters.</summary>
    protected override void RegisterComponents()
    {
    }
}
