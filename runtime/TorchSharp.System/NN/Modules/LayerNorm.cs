using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalises each sample over its last dimensions, then scales and shifts. Ba, Kiros and Hinton, 2016.</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private Parameter? _bias;
    private Parameter? _weight;

    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        this.normalized_shape = normalized_shape;
        this.eps = eps;
        this.elementwise_affine = elementwise_affine;
        if (!elementwise_affine)
            return;
        weight = nn.Parameter(ones(normalized_shape, dtype, device));
        if (bias)
            this.bias = nn.Parameter(zeros(normalized_shape, dtype, device));
    }

    /// <summary>Extents of the last dimensions.</summary>
    public long[] normalized_shape { get; set; }

    /// <summary>Added to the variance before its root is taken.</summary>
    public double eps { get; set; }

    /// <summary>Whether there is a scale.</summary>
    public bool elementwise_affine { get; set; }

    /// <summary>Scale. Setting it frees the one before.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>Shift, or null. Setting it frees the one before.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(ref _bias, nameof(bias), value);
    }

    /// <summary>Scale 1, shift 0.</summary>
    public void reset_parameters()
    {
        if (elementwise_affine)
            nn.init.ones_(weight);
        if (bias is not null)
            nn.init.zeros_(bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);

    /// <summary>Does nothing: the properties registered the parameters.</summary>
    protected override void RegisterComponents()
    {
    }
}
