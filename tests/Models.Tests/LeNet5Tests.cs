using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;
using OrleansSgd.Models.Tests.Torch;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: LeNet-5 of our own loops is one function of parameters and samples, in parts or whole. PyTorch's answers: <see cref="TorchGradientTests"/>.</summary>
public class LeNet5Tests
{
    [Theory]
    [InlineData(65)]
    [InlineData(150)]
    public void Batch_in_parts_is_the_mean_of_its_samples(int count)
    {
        TorchCase item = TorchCase.Named("lenet5, three channels, l2") with { SampleCount = count };
        ArraySource samples = item.Samples();
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        double[] mean = new double[parameters.Length];
        double lossSum = 0;
        int correct = 0;
        using IGradientSession session = item.Model.CreateSession(count);
        for (int row = 0; row < count; row++)
        {
            BatchLoss one = session.Gradient(parameters, samples.Rows(row), gradient);
            lossSum += one.LossSum;
            correct += one.Correct;
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += (double)gradient[i] / count;
            }
        }

        BatchLoss whole = session.Gradient(parameters, samples.All(), gradient);

        Assert.Equal(lossSum, whole.LossSum, 1e-4 * lossSum);
        Assert.Equal((count, correct), (whole.Count, whole.Correct));
        Assert.Equal(whole, session.Evaluate(parameters, samples.All()));
        Assert.InRange(Math.Sqrt(mean.Zip(gradient, (a, b) => (a - b) * (a - b)).Sum() / mean.Sum(a => a * a)), 0, 1e-5);
    }

    [Fact]
    public void Bits_do_not_depend_on_larger_batches_before()
    {
        TorchCase item = TorchCase.Named("lenet5");
        ArraySource many = (item with { SampleCount = 100 }).Samples();
        float[] parameters = item.Parameters();
        float[] fresh = new float[parameters.Length];
        float[] used = new float[parameters.Length];
        using IGradientSession first = item.Model.CreateSession(7);
        using IGradientSession session = item.Model.CreateSession(100);
        BatchLoss expected = first.Gradient(parameters, many.Rows(3, 1, 4, 15, 92, 65, 35), fresh);

        session.Gradient([.. parameters.Select(_ => float.NaN)], many.All(), used);
        BatchLoss loss = session.Gradient(parameters, many.Rows(3, 1, 4, 15, 92, 65, 35), used);

        Assert.Equal(expected, loss);
        Assert.True(BitChecker.SameBits(fresh, used), "Other bits after a larger batch.");
    }

    /// <summary>Pins the bits, as <see cref="DeterminismTests"/> does those of other models.</summary>
    [Fact]
    public void Bits_are_the_same_on_every_machine()
    {
        TorchCase item = TorchCase.Named("lenet5") with { SampleCount = 70 };
        float[] gradient = new float[item.Model.ParameterCount];
        using IGradientSession session = item.Model.CreateSession(70);
        session.Gradient(item.Parameters(), item.Samples().All(), gradient);

        Assert.Equal("E2A994D0CFA3FEBF", Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(gradient)))[..16]);
    }
}
