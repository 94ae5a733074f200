using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: a gradient cut short by a deadline is the whole one from some layer on, and 0 before it.</summary>
public class LayeredGradientTests
{
    public static TheoryData<string, bool> Networks
    {
        get
        {
            var both = new TheoryData<string, bool>();
            foreach (Case item in Case.All.Where(item => item.Plan.Kind == "mlp"))
            {
                both.Add(item.Name, false);
                both.Add(item.Name, true);
            }

            return both;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradient_is_that_of_the_layers_reached_and_zero_below(string name, bool sparse)
    {
        Case item = Case.Named(name);
        SampleBatch batch = item.Samples(sparse).All();
        float[] parameters = item.Parameters();
        float[] whole = new float[parameters.Length];
        using IGradientSession session = item.Model.CreateSession(batch.Count);
        BatchLoss loss = session.Gradient(parameters, batch, whole);
        int layers = item.Plan.Hidden.Count + 1;
        for (int reached = 1; reached <= layers; reached++)
        {
            float[] part = [.. Enumerable.Repeat(float.NaN, whole.Length)];
            int asked = 0;

            BatchLoss lossOfPart = ((ILayeredGradient)session).Gradient(parameters, batch, part, () => ++asked == reached, out int first);

            int start = item.Model.Tensors.First(tensor => tensor.Name.StartsWith($"{2 * (layers - reached)}.", StringComparison.Ordinal)).Offset;
            Assert.Equal(start, first);
            Assert.Equal(loss, lossOfPart);
            Assert.Equal(new float[first], part[..first]);
            Assert.Equal(whole[first..], part[first..]);
        }
    }

    [Fact]
    public void Last_layer_is_computed_however_late_it_is()
    {
        Case item = Case.Named("mlp, relu, two hidden, l2");
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);

        ((ILayeredGradient)session).Gradient(parameters, item.Samples().All(), gradient, () => true, out int first);

        Assert.InRange(first, 1, parameters.Length - 1);
        Assert.Contains(gradient[first..], value => value != 0);
    }

    [Fact]
    public void Weight_decay_of_a_rule_is_l2_of_the_model()
    {
        ModelPlan plan = new() { Kind = "softmax", L2 = 0.25 };

        Assert.Equal(0.75, plan.With(weightDecay: 0.5).L2);
        Assert.Same(plan, plan.With(weightDecay: 0));
    }
}
