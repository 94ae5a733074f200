using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: a gradient over bytes where they lie has the bits of the gradient over floats made of them. Method: both, for every layout of a network.</summary>
public class ByteBatchTests
{
    private const int FeatureCount = 37;
    private const int RowCount = 90;
    private const int ClassCount = 3;
    private const float Centre = 100;
    private const float Scale = 1f / 70;

    [Theory]
    [InlineData("softmax", true, 64)]
    [InlineData("softmax", false, 1)]
    [InlineData("softmax", true, 17)]
    [InlineData("mlp", true, 64)]
    [InlineData("mlp", false, 33)]
    public void Gradient_and_loss_over_bytes_have_the_bits_of_those_over_floats(string kind, bool bias, int count) =>
        Assert.Null(Complaint(kind, bias, count, shift: 0));

    [Fact]
    public void The_comparison_catches_rows_that_are_one_off() => Assert.NotNull(Complaint("softmax", true, 20, shift: 1));

    [Fact]
    public void A_session_goes_from_bytes_to_floats_and_back()
    {
        IModel model = Model("mlp", bias: true);
        using IGradientSession session = model.CreateSession(30);
        SampleBatch bytes = Bytes(30, shift: 0);
        SampleBatch floats = Floats(30);
        float[] first = new float[model.ParameterCount];
        float[] second = new float[model.ParameterCount];

        session.Gradient(Parameters(model), bytes, first);
        session.Gradient(Parameters(model), floats, second);
        Assert.True(BitChecker.SameBits(first, second));
        session.Gradient(Parameters(model), bytes, second);
        Assert.True(BitChecker.SameBits(first, second));
    }

    private static string? Complaint(string kind, bool bias, int count, int shift)
    {
        IModel model = Model(kind, bias);
        Assert.True(model.TakesBytes);
        using IGradientSession session = model.CreateSession(64);
        SampleBatch bytes = Bytes(count, shift);
        SampleBatch floats = Floats(count);
        float[] parameters = Parameters(model);
        float[] expected = new float[model.ParameterCount];
        float[] gradient = new float[model.ParameterCount];
        Array.Fill(gradient, float.NaN);
        BatchLoss expectedLoss = session.Gradient(parameters, floats, expected);

        BatchLoss loss = session.Gradient(parameters, bytes, gradient);

        return loss != expectedLoss || session.Evaluate(parameters, bytes) != session.Evaluate(parameters, floats) ? "Other loss."
            : BitChecker.SameBits(gradient, expected) ? null
            : "Other gradient.";
    }

    private static IModel Model(string kind, bool bias)
    {
        var plan = new ModelPlan { Kind = kind, Bias = bias };
        return ModelCatalog.Create(kind == "mlp" ? plan with { Hidden = [11, 19] } : plan, [FeatureCount], ClassCount);
    }

    private static float[] Parameters(IModel model)
    {
        var random = new SeededRandom(4);
        return [.. Enumerable.Range(0, model.ParameterCount).Select(_ => random.NextSingle() - 0.5f)];
    }

    // The last row is the end of the table.
    private static int[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => RowCount - 1 - i)];

    private static byte[] Table()
    {
        var random = new SeededRandom(3);
        return [.. Enumerable.Range(0, RowCount * FeatureCount).Select(_ => (byte)random.NextInt(256))];
    }

    private static SampleBatch Bytes(int count, int shift)
    {
        var batch = new SampleBatch { TakesBytes = true };
        batch.LendBytes(Table(), [.. Rows(count).Select(row => row - shift)], FeatureCount, Centre, Scale);
        Label(batch);
        return batch;
    }

    private static SampleBatch Floats(int count)
    {
        var batch = new SampleBatch();
        batch.ResizeDense(count, FeatureCount);
        byte[] table = Table();
        for (int i = 0; i < count; i++)
        {
            ByteFloats.Convert(
                table.AsSpan(Rows(count)[i] * FeatureCount, FeatureCount), batch.Dense.Slice(i * FeatureCount, FeatureCount), Centre, Scale);
        }

        Label(batch);
        return batch;
    }

    private static void Label(SampleBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Labels[i] = i % ClassCount;
        }
    }
}
