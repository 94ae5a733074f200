using System.Text.Json.Nodes;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: training begins where PyTorch would, as the seed says. Method: the spread of PyTorch's own first values.</summary>
[Collection(nameof(WithOracle))]
public class TorchStartTests(Oracle oracle)
{
    // Below this many values the spread of a sample says little.
    private const int LengthMin = 400;

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void First_values_spread_as_those_of_PyTorch(string name)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        float[] start = Start(model, seed: 7);
        JsonArray spreads = oracle.Ask(item.Question("start"))["parameters"]!.AsArray();
        for (int i = 0; i < spreads.Count; i++)
        {
            ParameterTensor tensor = model.Tensors[i];
            double[] values = [.. start[tensor.Offset..(tensor.Offset + tensor.Length)]];
            double mean = values.Average();
            double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            (double max, double wantedMean, double wanted) = ((double)spreads[i]![0]!, (double)spreads[i]![1]!, (double)spreads[i]![2]!);
            if (wanted == 0)
            {
                Assert.All(values, value => Assert.Equal(wantedMean, value));
            }
            else if (tensor.Length >= LengthMin)
            {
                Assert.True(Math.Abs(deviation / wanted - 1) < 0.15, $"{item}: {tensor.Name} deviates by {deviation}, PyTorch's by {wanted}.");
                Assert.True(Math.Abs(mean) < 0.25 * wanted, $"{item}: {tensor.Name} has mean {mean} with deviation {deviation}.");
            }
            else
            {
                // Uniform values end at √3 deviations, so no sample passes another's largest by much.
                Assert.True(values.Max(Math.Abs) < 4 * Math.Max(max, 0.05), $"{item}: {tensor.Name} reaches {values.Max(Math.Abs)}, PyTorch's {max}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Same_seed_begins_with_the_same_bytes_and_another_does_not(string name)
    {
        IModel model = TorchCase.Named(name).Model;

        Assert.True(BitChecker.SameBits(Start(model, seed: 3), Start(TorchCase.Named(name).Model, seed: 3)));
        Assert.False(BitChecker.SameBits(Start(model, seed: 3), Start(model, seed: 4)));
    }

    private static float[] Start(IModel model, ulong seed)
    {
        float[] parameters = [.. Enumerable.Repeat(float.NaN, model.ParameterCount)];
        model.Initialise(parameters, seed);
        return parameters;
    }
}
