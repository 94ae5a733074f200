using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>What a module calls its components, and what it refuses.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public void Fields_are_registered_in_the_order_of_declaration_and_a_shared_parameter_once()
    {
        using var module = new Derived();
        Assert.Equal(["late.weight", "early.weight", "early.bias"], module.named_parameters().Select(named => named.name));
        Assert.Equal(["offset"], module.named_buffers().Select(named => named.name));
        Assert.Equal(["late", "again", "early"], module.named_children().Select(named => named.name));
        Assert.Same(module.Late.weight, module.get_parameter("again.weight"));
        Assert.True(module.has_parameter("early.bias") && !module.has_parameter("early.none") && !module.has_parameter("early"));
        Assert.True(module.has_buffer("offset"));
    }

    [Fact]
    public void A_name_is_taken_once_and_has_no_dot()
    {
        using var module = new Open();
        module.register_module("a", Flatten());
        Assert.Throws<InvalidOperationException>(() => module.register_module("a", Flatten()));
        Assert.Throws<ArgumentException>(() => module.register_module("a.b", Flatten()));
        Assert.Throws<ArgumentException>(() => module.register_module("", Flatten()));
        using var parameter = Parameter(zeros([1]));
        module.register_parameter("p", parameter);
        Assert.Throws<InvalidOperationException>(() => module.register_parameter("p", parameter));
        Assert.Throws<InvalidOperationException>(() => Flatten().register_parameter("p", parameter));
    }

    [Fact]
    public void A_parameter_takes_its_tensor_over()
    {
        using var scope = NewDisposeScope();
        var data = ones([2]);
        var parameter = Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad && parameter.is_leaf);
        Assert.Equal([1f, 1], Values.Read(parameter));
        Assert.True(scope.Contains(parameter) && !scope.Contains(data));
    }

    [Fact]
    public void A_layer_outlives_the_scope_that_it_was_made_in()
    {
        Linear layer;
        using (NewDisposeScope())
            layer = Linear(2, 2);
        Assert.False(layer.weight.IsInvalid);
        layer.Dispose();
    }

    [Fact]
    public void Training_reaches_every_module_below()
    {
        using var network = Sequential(Sequential(Dropout(), BatchNorm2d(2)), ReLU());
        Assert.All(network.modules(), module => Assert.True(module.training));
        network.eval();
        Assert.All(network.modules(), module => Assert.False(module.training));
        Assert.Equal(4, network.modules().Count());
        network.train();
        Assert.All(network.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void A_state_is_copied_by_name_or_refused_as_a_whole()
    {
        using var scope = NewDisposeScope();
        using var module = BatchNorm2d(2);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], module.state_dict().Keys);
        Assert.Equal(["n.weight", "n.bias", "n.running_mean", "n.running_var", "n.num_batches_tracked"], module.state_dict(prefix: "n").Keys);

        var part = new Dictionary<string, Tensor> { ["weight"] = tensor(new float[] { 3, 4 }), ["none"] = zeros([1]) };
        Assert.Throws<InvalidOperationException>(() => module.load_state_dict(part));
        Assert.Equal([1f, 1], Values.Read(module.weight));

        var (missing, unexpected) = module.load_state_dict(part, strict: false, skip: ["bias"]);
        Assert.Equal(["running_mean", "running_var", "num_batches_tracked"], missing);
        Assert.Equal(["none"], unexpected);
        Assert.Equal([3f, 4], Values.Read(module.weight));
    }

    [Fact]
    public void A_sequence_frees_what_lies_between_its_modules()
    {
        using var network = Sequential(Linear(3, 4), ReLU(), Identity(), Linear(4, 2));
        using var input = Values.Of([5, 3], 1);
        using (no_grad())
        {
            var before = Values.LiveCount();
            using var output = network.call(input);
            Assert.Equal(before + 1, Tensor.TotalCount);
            Assert.False(input.IsInvalid);
        }
    }

    [Fact]
    public void Gradients_are_forgotten_or_made_zero()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 1);
        layer.call(ones([1, 2])).sum().backward();
        layer.zero_grad(set_to_none: false);
        Assert.Equal([0f, 0], Values.Read(layer.weight.grad!));
        layer.zero_grad();
        Assert.Null(layer.weight.grad);
    }

    [Fact]
    public void Statistics_with_momentum_one_are_those_of_the_batch()
    {
        using var scope = NewDisposeScope();
        using var norm = BatchNorm2d(1, momentum: 1.0);
        norm.call(tensor(new float[] { 1, 2, 3, 6 }, [2, 1, 1, 2]));
        Assert.Equal([3f], Values.Read(norm.running_mean!));
        // Squares 4, 1, 0, 9 over n − 1 = 3.
        Assert.Equal(14.0 / 3, Values.Read(norm.running_var!)[0], 1e-5);
        Assert.Equal(1, norm.num_batches_tracked!.ToInt64());
        norm.reset_running_stats();
        Assert.Equal(0, norm.num_batches_tracked!.ToInt64());
    }

    [Theory]
    [InlineData(init.NonlinearityType.ReLU, 1.4142135623730951)]
    [InlineData(init.NonlinearityType.Tanh, 1.6666666666666667)]
    [InlineData(init.NonlinearityType.Linear, 1.0)]
    public void Starts_have_the_spread_that_their_papers_say(init.NonlinearityType nonlinearity, double gain)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        Assert.Equal(gain, init.calculate_gain(nonlinearity), 1e-12);
        var weights = empty([200, 50, 2, 2]);
        Assert.Equal((200, 800), init.CalculateFanInAndFanOut(weights));

        init.kaiming_uniform_(weights, nonlinearity: nonlinearity);
        var bound = gain * Math.Sqrt(3.0 / 200);
        Assert.InRange(Values.Read(weights).Max(), 0.999 * bound, bound);
        // 40 000 draws: six standard deviations of the spread are 2 %.
        init.kaiming_normal_(weights, mode: init.FanInOut.FanOut, nonlinearity: nonlinearity);
        Assert.Equal(gain / Math.Sqrt(800), Spread(weights), 0.03 * gain / Math.Sqrt(800));
        init.xavier_uniform_(weights, gain);
        Assert.InRange(Values.Read(weights).Max(), 0.999 * gain * Math.Sqrt(6.0 / 1000), gain * Math.Sqrt(6.0 / 1000));
        Assert.False(weights.requires_grad);
    }

    private static double Spread(Tensor tensor) => Math.Sqrt(Values.Read(tensor).Average(number => (double)number * number));

    private sealed class Open : Module
    {
        internal Open() : base(nameof(Open))
        {
        }
    }

    private class Base : Module
    {
        [TorchSharp.Utils.ComponentName(Name = "early")]
        private readonly Linear _early = Linear(2, 1);

        protected Base() : base(nameof(Base))
        {
        }

        internal Linear Early => _early;
    }

    private sealed class Derived : Base
    {
        [TorchSharp.Utils.ComponentName(Name = "late")]
        private readonly Linear _late = Linear(2, 3, hasBias: false);

        [TorchSharp.Utils.ComponentName(Name = "again")]
        private readonly Linear _again;

        [TorchSharp.Utils.ComponentName(Name = "offset")]
        private readonly Tensor _offset = zeros([2]).DetachFromDisposeScope();

        internal Derived()
        {
            _again = _late;
            RegisterComponents();
            Assert.False(_offset.IsInvalid);
            Assert.Same(_late, _again);
        }

        internal Linear Late => _late;
    }
}
