using System.Text.Json.Nodes;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: every network is the one its name says, and its gradient the derivative of its loss. Method: the same network in
/// PyTorch at the same parameters and samples, and central differences of PyTorch's loss in double precision.</summary>
[Collection(nameof(WithOracle))]
public class TorchGradientTests(Oracle oracle)
{
    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Loss_and_gradient_are_those_of_PyTorch(string name)
    {
        TorchCase item = TorchCase.Named(name);

        Assert.Null(TorchChecker.Complaint(item, TorchChecker.Expected(item, oracle), item.Model));
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Gradient_is_the_slope_of_the_loss_in_any_direction(string name)
    {
        TorchCase item = TorchCase.Named(name);

        Assert.Null(TorchChecker.SlopeComplaint(item, oracle, item.Model));
    }

    [Theory]
    [InlineData("resnet of 8", "layer1.0.conv1.weight", "layer1.0.conv2.weight")]
    [InlineData("transformer", "blocks.0.norm1.weight", "blocks.1.norm1.weight")]
    [InlineData("lenet5", "conv1.bias", "conv1.bias")]
    public void Planted_exchange_of_two_parameters_is_caught(string name, string first, string second)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        ParameterTensor one = model.Tensors.Single(tensor => tensor.Name == first);
        ParameterTensor other = model.Tensors.Single(tensor => tensor.Name == second);
        var bent = new BentModel(model, gradient =>
        {
            // With itself: two of its coordinates.
            Span<float> left = gradient.Slice(one.Offset, one == other ? 1 : one.Length);
            Span<float> right = gradient.Slice(other.Offset + (one == other ? 1 : 0), left.Length);
            float[] kept = left.ToArray();
            right.CopyTo(left);
            kept.CopyTo(right);
        });

        JsonObject expected = TorchChecker.Expected(item, oracle);
        Assert.Contains("from PyTorch's", TorchChecker.Complaint(item, expected, bent));
        Assert.Contains("slope", TorchChecker.SlopeComplaint(item, oracle, bent));
    }

    [Theory]
    [InlineData("relu", 5)]
    [InlineData("tanh", 5)]
    [InlineData("relu", 0)]
    public void Perceptron_is_the_mlp_that_needs_no_libtorch(string activation, int classCount)
    {
        var plan = new ModelPlan { Kind = "torch-mlp", Hidden = [13, 8], Activation = activation, L2 = 0.25 };
        var item = new TorchCase("both", plan, [17], classCount, 12, 41);
        SampleBatch batch = item.Samples().All();
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        float[] wanted = new float[parameters.Length];
        using IGradientSession session = item.Model.CreateSession(batch.Count);
        using IGradientSession other = ModelCatalog.Create(plan with { Kind = "mlp" }, item.Shape, classCount).CreateSession(batch.Count);

        BatchLoss loss = session.Gradient(parameters, batch, gradient);
        BatchLoss wantedLoss = other.Gradient(parameters, batch, wanted);

        Assert.Equal(wantedLoss.LossSum, loss.LossSum, 1e-5 * wantedLoss.LossSum);
        Assert.Equal(wantedLoss.Correct, loss.Correct);
        Assert.InRange(TorchChecker.RelativeDistance(gradient, wanted), 0, 1e-5);
    }
}
