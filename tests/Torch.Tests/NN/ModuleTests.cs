using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>A network of every kind of module against the same network in PyTorch (python/networks.py).</summary>
public sealed class ModuleTests(ModuleTests.Answers answers) : IClassFixture<ModuleTests.Answers>
{
    [Fact]
    public void Names_shapes_and_order_are_those_of_PyTorch()
    {
        using var network = new Network();
        Assert.Equal(answers.Listed("parameters"), network.named_parameters().Select(named => Line(named.name, named.parameter)));
        Assert.Equal(answers.Listed("buffers"), network.named_buffers().Select(named => Line(named.name, named.buffer)));
    }

    [Fact]
    public void Outputs_gradients_and_statistics_are_those_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var network = Filled();
        network.train();
        var first = network.call(Values.Of([6, 2, 8, 6], 70));
        var loss = functional.cross_entropy(first, tensor(new long[] { 0, 1, 2, 3, 4, 0 }));
        loss.backward();
        network.eval();
        var second = network.call(Values.Of([3, 2, 8, 6], 71));

        Values.Same("training", answers.Numbers("training"), Values.Read(first));
        Values.Same("loss", [(float)answers.Root.GetProperty("loss").GetDouble()], [loss.ToSingle()]);
        foreach (var ((name, parameter), expected) in network.named_parameters().Zip(answers.Lists("gradients")))
            Values.Same(name, expected, Values.Read(parameter.grad!));
        foreach (var ((name, buffer), expected) in network.named_buffers().Zip(answers.Lists("statistics")))
            Values.Same(name, expected, Values.Read(buffer.to_type(ScalarType.Float32)));
        Values.Same("evaluating", answers.Numbers("evaluating"), Values.Read(second));
    }

    [Fact]
    public void Two_parameters_exchanged_are_caught()
    {
        using var scope = NewDisposeScope();
        using var network = Filled();
        using (no_grad())
        {
            var weights = network.get_parameter("layer1.0.conv1.weight")!;
            var others = network.get_parameter("layer1.2.conv1.weight")!;
            var kept = weights.clone();
            weights.copy_(others);
            others.copy_(kept);
        }

        var output = Values.Read(network.call(Values.Of([6, 2, 8, 6], 70)));
        Assert.Throws<DifferenceException>(() => Values.Same("training", answers.Numbers("training"), output));
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("conv2d")]
    [InlineData("embedding")]
    public void Layers_start_with_the_numbers_that_PyTorch_draws_from_the_same_seed(string name)
    {
        manual_seed(7);
        using Module layer = name switch
        {
            "linear" => Linear(7, 5),
            "conv2d" => Conv2d(4, 6, 3, groups: 2),
            _ => Embedding(6, 3, padding_idx: 2),
        };
        var expected = answers.Root.GetProperty("starts").GetProperty(name).EnumerateArray().ToArray();
        Assert.Equal(expected.Length, layer.parameters().Count());
        foreach (var (parameter, numbers) in layer.parameters().Zip(expected))
            Assert.Equal(numbers.Numbers(), Values.Read(parameter));
    }

    private static Network Filled()
    {
        var network = new Network();
        using var silence = no_grad();
        var index = 0;
        foreach (var parameter in network.parameters())
        {
            using var numbers = Values.Of(parameter.shape, index);
            parameter.copy_(numbers);
            index++;
        }

        return network;
    }

    private static string Line(string name, Tensor tensor) => $"{name} [{string.Join(", ", tensor.shape)}]";

    private sealed class Block : Module<Tensor, Tensor>
    {
        [TorchSharp.Utils.ComponentName(Name = "conv1")]
        private readonly Conv2d _conv = Conv2d(4, 4, 3, padding: 1, groups: 2);

        [TorchSharp.Utils.ComponentName(Name = "bn1")]
        private readonly BatchNorm2d _norm = BatchNorm2d(4);

        internal Block() : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input) => functional.relu(_norm.call(_conv.call(input)) + input);
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private readonly Conv2d _conv1 = Conv2d(2, 4, (3, 5), stride: (2, 1), padding: (1, 2), bias: false);
        private readonly BatchNorm2d _bn1 = BatchNorm2d(4, momentum: 0.25);
        private readonly MaxPool2d _pool = MaxPool2d(2);
        private readonly Sequential _layer1 = Sequential(new Block(), ReLU(), new Block());
        private readonly ModuleList<Module<Tensor, Tensor>> _blocks = ModuleList<Module<Tensor, Tensor>>(Identity(), Conv2d(4, 3, 1));
        private readonly Sequential _head = Sequential(
            ("flatten", Flatten()), ("norm", LayerNorm(18)), ("act", GELU()), ("fc", Linear(18, 5)));
        private readonly Parameter _scale = Parameter(ones(5));

        internal Network() : base(nameof(Network))
        {
            register_parameter("scale", _scale);
            register_module("conv1", _conv1);
            register_module("bn1", _bn1);
            register_module("pool", _pool);
            register_module("layer1", _layer1);
            register_module("blocks", _blocks);
            register_module("head", _head);
        }

        public override Tensor forward(Tensor input)
        {
            var x = _layer1.call(_pool.call(functional.tanh(_bn1.call(_conv1.call(input)))));
            foreach (var block in _blocks)
                x = block.call(x);
            return _head.call(x) * _scale;
        }
    }

    /// <summary>What one process of PyTorch said about the network.</summary>
    public sealed class Answers : IDisposable
    {
        private readonly JsonDocument _document = PythonTorch.Run("networks.py");

        internal JsonElement Root => _document.RootElement;

        public void Dispose() => _document.Dispose();

        internal float[] Numbers(string name) => Root.GetProperty(name).Numbers();

        internal IEnumerable<float[]> Lists(string name) => Root.GetProperty(name).EnumerateArray().Select(list => list.Numbers());

        internal IEnumerable<string> Listed(string name) => Root.GetProperty(name).EnumerateArray()
            .Select(entry => $"{entry[0].GetString()} [{string.Join(", ", entry[1].EnumerateArray().Select(extent => extent.GetInt64()))}]");
    }
}
