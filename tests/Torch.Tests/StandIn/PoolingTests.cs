using OrleansSgd.Torch.Tests.NN;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.StandIn;

/// <summary>Goal: our own maxima of windows of 2 by 2 are libtorch's. Method: rounding the extents up changes nothing once they are even, but asks libtorch.</summary>
public sealed class PoolingTests
{
    public static TheoryData<int, int, int, bool> Shapes { get; } = new()
    {
        { 1, 4, 6, false }, { 6, 10, 10, false }, { 3, 7, 9, false }, { 5, 2, 2, false },
        { 6, 28, 28, true }, { 16, 10, 10, true }, { 3, 7, 9, true }, { 5, 2, 3, true }, { 8, 6, 4, true },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Maxima_and_gradients_are_those_of_libtorch_to_the_bit(int channels, int height, int width, bool isChannelsLast)
    {
        using var scope = NewDisposeScope();
        Tensor numbers = Numbers(8, channels, height, width);
        (float[] ours, float[] ourGradient) = Run(numbers, isChannelsLast, x => functional.max_pool2d(x, 2));

        (float[] theirs, float[] theirGradient) = Run(
            numbers, isChannelsLast,
            x => functional.max_pool2d(x.narrow(2, 0, height / 2 * 2).narrow(3, 0, width / 2 * 2), 2, ceil_mode: true));

        Assert.Equal(Bits(theirs), Bits(ours));
        Assert.Equal(Bits(theirGradient), Bits(ourGradient));
        Assert.Contains(ours, float.IsNaN);
    }

    [Fact]
    public void Gradient_of_the_gradient_is_that_of_libtorch()
    {
        using var scope = NewDisposeScope();
        float[] ours = Second(x => functional.max_pool2d(x, 2));
        float[] theirs = Second(x => functional.max_pool2d(x, 2, ceil_mode: true));

        Assert.Equal(theirs, ours);
        Assert.Contains(ours, value => value != 0);
    }

    [Fact]
    public void Same_bits_whatever_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        int before = get_num_threads();
        Tensor numbers = Numbers(16, 6, 28, 28);
        try
        {
            set_num_threads(1);
            (float[] one, float[] oneGradient) = Run(numbers, isChannelsLast: true, x => functional.max_pool2d(x, 2));
            set_num_threads(2);
            (float[] two, float[] twoGradient) = Run(numbers, isChannelsLast: true, x => functional.max_pool2d(x, 2));

            Assert.Equal(Bits(one), Bits(two));
            Assert.Equal(Bits(oneGradient), Bits(twoGradient));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static float[] Second(Func<Tensor, Tensor> pool)
    {
        Tensor x = Values.Of([2, 3, 4, 4], salt: 5).requires_grad_(true);
        Tensor pooled = pool(x);
        Tensor first = autograd.grad([(pooled * pooled * pooled).sum()], [x], retain_graph: true, create_graph: true)[0];
        return Values.Read(autograd.grad([(first * first).sum()], [x])[0]);
    }

    // Few values, so that many windows have several largest numbers, and some that are none.
    private static Tensor Numbers(int count, int channels, int height, int width)
    {
        var random = new Random(7 + (channels * height));
        var numbers = new float[count * channels * height * width];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = random.Next(20) == 0 ? float.NaN : random.Next(-3, 4) / 2f;
        }

        return tensor(numbers, [count, channels, height, width]);
    }

    private static (float[] Pooled, float[] Gradient) Run(Tensor numbers, bool isChannelsLast, Func<Tensor, Tensor> pool)
    {
        Tensor x = isChannelsLast ? numbers.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : numbers.clone();
        x = x.detach().requires_grad_(true);
        Tensor pooled = pool(x);
        Tensor weights = arange(pooled.NumberOfElements, dtype: ScalarType.Float32).view(pooled.shape) + 1;
        pooled.backward([weights]);
        return (Values.Read(pooled), Values.Read(x.grad!));
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
