using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Cross-correlation of images [batch, in, height, width] with a kernel.</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding, Padding? padding_type,
        (long, long) dilation, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
        : base(
            nameof(Conv2d), in_channels, out_channels, [kernel_size.Item1, kernel_size.Item2], [stride.Item1, stride.Item2],
            padding is var (height, width) ? [height, width] : null, padding_type, [dilation.Item1, dilation.Item2], groups, bias, padding_mode,
            device, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (!Fits(input, 2))
        {
            throw new ArgumentException(
                $"Expected 3D (unbatched) or 4D (batched) input with {in_channels} channels to Conv2d, got [{string.Join(", ", input.shape)}].", nameof(input));
        }
        if (padding_mode != PaddingModes.Zeros)
        {
            using var padded = nn.functional.pad(input, Border(), padding_mode);
            return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
        }
        return padding_type is { } named
            ? nn.functional.conv2d_padding(input, weight, bias, stride, named, dilation, groups)
            : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }

    // In the order of pad: left, right, top, bottom.
    private long[] Border()
    {
        if (padding is not null)
            return [padding[1], padding[1], padding[0], padding[0]];
        if (padding_type != Padding.Same)
            return [0, 0, 0, 0];
        var height = dilation[0] * (kernel_size[0] - 1);
        var width = dilation[1] * (kernel_size[1] - 1);
        return [width / 2, width - (width / 2), height / 2, height - (height / 2)];
    }
}
