using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Greatest value under a window.</summary>
public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode) : base(nameof(MaxPool2d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.ceil_mode = ceil_mode;
    }

    /// <summary>Extents of the window.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Steps of the window; null: its extents.</summary>
    public long[]? stride { get; set; }

    /// <summary>Rows and columns of −∞ added on each side; null: none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Distance of neighbouring places of the window; null: 1.</summary>
    public long[]? dilation { get; set; }

    /// <summary>Whether a window may stick out at the end.</summary>
    public bool ceil_mode { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
}

/// <summary>Mean value under a window.</summary>
public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AvgPool2d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad, long? divisor_override)
        : base(nameof(AvgPool2d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.ceil_mode = ceil_mode;
        this.count_include_pad = count_include_pad;
        this.divisor_override = divisor_override;
    }

    /// <summary>Extents of the window.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Steps of the window; null: its extents.</summary>
    public long[]? stride { get; set; }

    /// <summary>Rows and columns of zeros added on each side; null: none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Whether a window may stick out at the end.</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Whether the added zeros count in the mean.</summary>
    public bool count_include_pad { get; set; }

    /// <summary>What the sum is divided by; null: the number of values.</summary>
    public long? divisor_override { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        nn.functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}

/// <summary>Mean value under windows that make an output of given extents.</summary>
public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AdaptiveAvgPool2d(long[] output_size) : base(nameof(AdaptiveAvgPool2d))
    {
        this.output_size = output_size;
    }

    /// <summary>Height and width of an output.</summary>
    public long[] output_size { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool2d(input, output_size);
}
