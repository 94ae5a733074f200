using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Where training begins, and that it gets somewhere.</summary>
public class TrainingTests
{
    [Theory]
    [MemberData(nameof(Case.Names), MemberType = typeof(Case))]
    public void Same_seed_starts_at_the_same_bits(string name)
    {
        IModel model = Case.Named(name).Model;
        float[] first = [.. Enumerable.Repeat(float.NaN, model.ParameterCount)];
        float[] second = new float[model.ParameterCount];

        model.Initialise(first, 42);
        model.Initialise(second, 42);

        Assert.True(BitChecker.SameBits(first, second));
    }

    [Fact]
    public void Other_seed_starts_a_network_elsewhere()
    {
        IModel model = Case.Named("mlp, relu").Model;
        float[] first = new float[model.ParameterCount];
        float[] second = new float[model.ParameterCount];

        model.Initialise(first, 42);
        model.Initialise(second, 43);

        Assert.False(BitChecker.SameBits(first, second));
    }

    [Fact]
    public void Convex_models_start_at_zero_and_networks_within_their_limits()
    {
        float[] softmax = new float[220];
        Case.Named("softmax").Model.Initialise(softmax, 1);
        IModel mlp = ModelCatalog.Create(new ModelPlan { Kind = "mlp", Hidden = [600] }, [150], 10);
        float[] network = new float[mlp.ParameterCount];
        mlp.Initialise(network, 1);

        Assert.All(softmax, value => Assert.Equal(0, value));
        // √(6/150) = 0.2 before the relu and √(6/610) = 0.0992 at the end; biases 0.
        Assert.InRange(network.Take(90_000).Max(), 0.199, 0.2);
        Assert.InRange(network.Take(90_000).Min(), -0.2, -0.199);
        Assert.InRange(network.Take(90_000).Average(), -0.001, 0.001);
        Assert.All(network.Skip(90_000).Take(600), value => Assert.Equal(0, value));
        Assert.InRange(network.Skip(90_600).Take(6000).Max(), 0.0985, 0.0992);
        Assert.All(network.Skip(96_600), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Initialise_refuses_another_length()
    {
        foreach (Case item in Case.All)
        {
            float[] tooLong = new float[item.Model.ParameterCount + 1];

            Assert.Throws<ArgumentException>(() => item.Model.Initialise(tooLong, 1));
        }
    }

    [Theory]
    [InlineData("least squares")]
    [InlineData("logistic, l2, no bias")]
    [InlineData("softmax")]
    public void Step_of_one_over_L_lowers_the_loss_by_half_the_squared_gradient_over_L(string name)
    {
        Case item = Case.Named(name);
        IModel model = item.Model;
        SampleBatch all = item.Samples().All();
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        double smoothness = model.Smoothness(item.Samples())!.Value;
        using IGradientSession session = model.CreateSession(all.Count);
        for (int step = 0; step < 50; step++)
        {
            double before = session.Gradient(parameters, all, gradient).LossSum / all.Count;
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i] -= (float)(gradient[i] / smoothness);
            }

            double after = session.Evaluate(parameters, all).LossSum / all.Count;
            double promised = gradient.Sum(g => (double)g * g) / (2 * smoothness);

            // The descent lemma; the margin is the rounding of a loss of size 1 in single precision.
            Assert.True(
                after <= before - promised + 1e-6,
                $"{item}, step {step}: {before} -> {after}, promised {promised}.");
        }
    }

    [Theory]
    [InlineData("relu", 5ul)]
    [InlineData("tanh", 6ul)]
    public void Network_learns_exclusive_or(string activation, ulong seed)
    {
        IModel model = ModelCatalog.Create(
            new ModelPlan { Kind = "mlp", Hidden = [16], Activation = activation }, [2], 2);
        SampleBatch all = new ArraySource([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], 2, isSparse: false).All();
        float[] parameters = new float[model.ParameterCount];
        float[] gradient = new float[model.ParameterCount];
        model.Initialise(parameters, seed);
        using IGradientSession session = model.CreateSession(4);
        for (int step = 0; step < 2000; step++)
        {
            session.Gradient(parameters, all, gradient);
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i] -= 0.5f * gradient[i];
            }
        }

        BatchLoss loss = session.Evaluate(parameters, all);

        Assert.Equal(4, loss.Correct);
        Assert.InRange(loss.LossSum, 0, 0.1);
    }
}
