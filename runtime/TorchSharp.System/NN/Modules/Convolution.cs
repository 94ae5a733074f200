using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What convolutions of any number of dimensions share: the weights, their start and the geometry.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private Parameter? _bias;
    private Parameter? _weight;

    private protected Convolution(
        string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type,
        long[] dilation, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype) : base(name)
    {
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.padding_type = padding_type;
        this.dilation = dilation;
        this.groups = groups;
        this.padding_mode = padding_mode;
        weight = nn.Parameter(empty([out_channels, in_channels / groups, .. kernel_size], dtype, device));
        if (bias)
            this.bias = nn.Parameter(empty(new[] { out_channels }, dtype, device));
        reset_parameters();
    }

    /// <summary>Channels of an input.</summary>
    public long in_channels { get; }

    /// <summary>Channels of an output.</summary>
    public long out_channels { get; }

    /// <summary>Extents of the kernel.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Steps of the kernel.</summary>
    public long[] stride { get; set; }

    /// <summary>Rows and columns added on each side, or null when <see cref="padding_type"/> says it.</summary>
    public long[]? padding { get; }

    /// <summary>Padding by name, or null.</summary>
    public Padding? padding_type { get; }

    /// <summary>What the added rows and columns contain.</summary>
    public PaddingModes padding_mode { get; set; }

    /// <summary>Distance of neighbouring weights of the kernel.</summary>
    public long[] dilation { get; set; }

    /// <summary>Parts of the channels that do not see each other.</summary>
    public long groups { get; set; }

    /// <summary>[out, in / groups, kernel…]. Setting it frees the one before.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>[out], or null. Setting it frees the one before.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(ref _bias, nameof(bias), value);
    }

    /// <summary>Draws weights and biases anew: uniform in ±1/√(in / groups · kernel), as PyTorch does.</summary>
    public void reset_parameters() => nn.init.LikePyTorch(weight, bias);

    /// <summary>Does nothing: the properties registered the parameters.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Whether an input has a batch or none, and the channels that the weights are for.</summary>
    private protected bool Fits(Tensor input, int dimensions)
    {
        var shape = input.shape;
        return (shape.Length == dimensions + 2 && shape[1] == in_channels) || (shape.Length == dimensions + 1 && shape[0] == in_channels);
    }
}
