using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>Each layer against PyTorch: its output, and the gradient of a weighted sum of the output.</summary>
public sealed class LayerTests(LayerTests.Answers answers) : IClassFixture<LayerTests.Answers>
{
    public static TheoryData<string> Names => [.. LayerCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Layer_and_its_gradients_are_those_of_PyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var (shape, output, gradients) = Computed(LayerCases.All[name]);
        Check(answers.Of(name), shape, output, gradients);
    }

    [Fact]
    public void Both_tables_have_the_same_names() =>
        Assert.Equal(LayerCases.All.Keys.Order(), answers.Names.Order());

    [Fact]
    public void A_layer_with_two_inputs_exchanged_is_caught()
    {
        using var scope = NewDisposeScope();
        var (shapes, _) = LayerCases.All["squared error of each"];
        var (shape, output, gradients) = Computed((shapes, x => nn.functional.mse_loss(x[1], x[0], nn.Reduction.None)));
        (gradients[0], gradients[1]) = (gradients[1], gradients[0]);
        Assert.Throws<DifferenceException>(() => Check(answers.Of("squared error of each"), shape, output, gradients));
    }

    [Fact]
    public void The_same_inputs_give_the_same_bits()
    {
        foreach (var (name, layer) in LayerCases.All)
        {
            using var scope = NewDisposeScope();
            var (_, output, gradients) = Computed(layer);
            var (_, outputAgain, gradientsAgain) = Computed(layer);
            Assert.True(output.AsSpan().SequenceEqual(outputAgain), name);
            Assert.All(gradients.Zip(gradientsAgain), pair => Assert.Equal(pair.First, pair.Second));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_activation_in_place_overwrites_its_input_and_gives_another_object(bool inplace)
    {
        using var scope = NewDisposeScope();
        var input = tensor(new float[] { -1, 2 });
        var output = nn.functional.relu(input, inplace);
        Assert.NotSame(input, output);
        Assert.Equal([0f, 2f], Values.Read(output));
        Assert.Equal([inplace ? 0f : -1f, 2f], Values.Read(input));
        input.Dispose();
        Assert.Equal([0f, 2f], Values.Read(output));
    }

    [Fact]
    public void Dropout_keeps_the_mean_while_training_and_everything_otherwise()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var input = ones([10_000]);
        Assert.Equal(Values.Read(input), Values.Read(nn.functional.dropout(input, 0.25, training: false)));
        var dropped = Values.Read(nn.functional.dropout(input, 0.25, training: true));
        Assert.All(dropped, number => Assert.True(number is 0 or > 1.3333f and < 1.3334f));
        // Six standard deviations of the mean: √(0.25 / 0.75 / 10 000) = 0.0058.
        Assert.InRange(dropped.Average(), 1 - 0.035, 1 + 0.035);
    }

    [Fact]
    public void Errors_are_those_of_libtorch_and_leave_nothing_behind()
    {
        using var scope = NewDisposeScope();
        var before = Values.LiveCount();
        var input = ones([2, 3]);
        var failure = Assert.Throws<ExternalException>(() => nn.functional.linear(input, ones([4, 5])));
        Assert.Contains("2x3 and 5x4", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ExternalException>(() => nn.functional.batch_norm(ones([1, 3]), null, null, training: true));
        scope.DisposeEverything();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static (long[] Shape, float[] Output, float[][] Gradients) Computed((long[][] Shapes, Func<Tensor[], Tensor> Function) layer)
    {
        var inputs = layer.Shapes.Select((shape, index) => Values.Of(shape, index + 1).requires_grad_()).ToArray();
        var output = layer.Function(inputs);
        (output * Values.Of(output.shape, 50)).sum().backward();
        return (output.shape, Values.Read(output), [.. inputs.Select(input => input.grad is { } gradient ? Values.Read(gradient) : [])]);
    }

    private static void Check(JsonElement expected, long[] shape, float[] output, float[][] gradients)
    {
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64()), shape);
        Values.Same("output", expected.GetProperty("output").Numbers(), output);
        var index = 0;
        foreach (var gradient in expected.GetProperty("gradients").EnumerateArray())
        {
            Values.Same($"gradient {index}", gradient.Numbers(), gradients[index]);
            index++;
        }

        Assert.Equal(index, gradients.Length);
    }

    /// <summary>What one process of PyTorch said about all layers.</summary>
    public sealed class Answers : IDisposable
    {
        private readonly JsonDocument _document = PythonTorch.Run("layers.py");

        internal IEnumerable<string> Names => _document.RootElement.EnumerateObject().Select(answer => answer.Name);

        public void Dispose() => _document.Dispose();

        internal JsonElement Of(string name) => _document.RootElement.GetProperty(name);
    }
}
