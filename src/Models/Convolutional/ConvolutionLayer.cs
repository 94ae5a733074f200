namespace OrleansSgd.Models.Convolutional;

/// <summary>A convolution of 5 × 5, then the largest of each 2 × 2, then ReLU: its extents, and where it lies in the flat parameter vector.</summary>
/// <remarks>Weight [outputs, channels, 5, 5] row-major, as PyTorch's <c>Conv2d</c>; the bias follows it. A last row or column that has no partner is left out.</remarks>
/// <param name="Channels">Of the input.</param>
/// <param name="Height">Of the input, its border of zeros included; at least 6.</param>
/// <param name="Width">Of the input, its border of zeros included; at least 6.</param>
/// <param name="Outputs">Channels of the output.</param>
/// <param name="WeightOffset">First coordinate of the weight.</param>
internal sealed record ConvolutionLayer(int Channels, int Height, int Width, int Outputs, int WeightOffset)
{
    /// <summary>Rows and columns of the kernel.</summary>
    public const int Side = 5;

    /// <summary>Weights between one channel and one output.</summary>
    public const int Taps = Side * Side;

    public int PooledHeight => (Height - Side + 1) / 2;

    public int PooledWidth => (Width - Side + 1) / 2;

    /// <summary>Rows of scores that a 2 × 2 is made of.</summary>
    public int ScoreHeight => 2 * PooledHeight;

    /// <summary>Columns of scores that a 2 × 2 is made of.</summary>
    public int ScoreWidth => 2 * PooledWidth;

    /// <summary>Numbers of a sample that come out.</summary>
    public int PooledLength => Outputs * PooledHeight * PooledWidth;

    /// <summary>Numbers of a sample that go in, its border included.</summary>
    public int InputLength => Channels * Height * Width;

    /// <summary>Weights between all channels and one output.</summary>
    public int TapsOfOutput => Channels * Taps;

    public int BiasOffset => WeightOffset + (Outputs * TapsOfOutput);

    public int End => BiasOffset + Outputs;
}
