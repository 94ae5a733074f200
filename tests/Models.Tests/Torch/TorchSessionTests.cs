using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: a session is a function of its arguments, whatever its neighbours do. Method: the same question in other circumstances.</summary>
public class TorchSessionTests
{
    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Bits_do_not_depend_on_what_the_session_did_before(string name)
    {
        TorchCase item = TorchCase.Named(name);
        float[] fresh = Gradient(item, item.Model, item.SampleCount, out BatchLoss freshLoss);
        using IGradientSession session = item.Model.CreateSession(item.SampleCount + 3);
        float[] used = [.. Enumerable.Repeat(float.NaN, fresh.Length)];

        session.Gradient([.. fresh.Select(value => value + 1)], item.Samples(stream: 2).All(), used);
        session.Evaluate(item.Parameters(), item.Samples(stream: 3).Rows(0, 1));
        BatchLoss loss = session.Gradient(item.Parameters(), item.Samples().All(), used);

        Assert.Equal(freshLoss, loss);
        Assert.True(BitChecker.SameBits(fresh, used), $"{item}: other bits the second time.");
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Threads_that_compute_at_once_get_the_bits_of_one_alone(string name)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        float[] alone = Gradient(item, model, item.SampleCount, out _);
        float[][] both = new float[4][];
        Thread[] threads =
        [
            .. Enumerable.Range(0, both.Length).Select(i => new Thread(() =>
            {
                for (int again = 0; again < 3; again++)
                {
                    both[i] = Gradient(item, model, item.SampleCount, out _);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.All(both, gradient => Assert.True(BitChecker.SameBits(alone, gradient), $"{item}: other bits beside another thread."));
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Part_of_a_batch_in_a_large_session_is_a_batch_in_a_small_one(string name)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        SampleBatch part = item.Samples().Rows(0, 2, 1);
        float[] gradient = new float[model.ParameterCount];
        float[] wanted = new float[model.ParameterCount];
        using IGradientSession large = model.CreateSession(64);
        using IGradientSession small = model.CreateSession(3);
        large.Gradient(item.Parameters(), item.Samples().All(), gradient);

        BatchLoss loss = large.Gradient(item.Parameters(), part, gradient);

        Assert.Equal(small.Gradient(item.Parameters(), part, wanted), loss);
        Assert.True(BitChecker.SameBits(wanted, gradient), $"{item}: other bits in a large session.");
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("perceptron, relu, l2")]
    [InlineData("resnet of 8")]
    public void Sparse_samples_are_the_dense_ones(string name)
    {
        TorchCase item = TorchCase.Named(name);
        float[] wanted = Gradient(item, item.Model, item.SampleCount, out BatchLoss wantedLoss);
        float[] gradient = new float[wanted.Length];
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);

        BatchLoss loss = session.Gradient(item.Parameters(), item.Samples().As(sparse: true).All(), gradient);

        Assert.Equal(wantedLoss, loss);
        Assert.True(BitChecker.SameBits(wanted, gradient), $"{item}: other bits from sparse samples.");
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void One_sample_alone_has_a_finite_gradient(string name)
    {
        TorchCase item = TorchCase.Named(name);
        float[] gradient = new float[item.Model.ParameterCount];
        using IGradientSession session = item.Model.CreateSession(1);

        BatchLoss loss = session.Gradient(item.Parameters(), item.Samples().Rows(0), gradient);

        Assert.True(double.IsFinite(loss.LossSum));
        Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Numbers_that_are_not_finite_come_out_as_they_are_and_do_not_stay()
    {
        TorchCase item = TorchCase.Named("resnet of 8");
        float[] wanted = Gradient(item, item.Model, item.SampleCount, out _);
        float[] gradient = new float[wanted.Length];
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);

        BatchLoss loss = session.Gradient([.. wanted.Select(_ => float.NaN)], item.Samples().All(), gradient);

        Assert.True(double.IsNaN(loss.LossSum));
        Assert.Equal(0, loss.Correct);
        session.Gradient(item.Parameters(), item.Samples().All(), gradient);
        Assert.True(BitChecker.SameBits(wanted, gradient), "NaN of an earlier gradient stayed.");
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused_by_name()
    {
        TorchCase item = TorchCase.Named("lenet5");
        IModel model = item.Model;
        float[] parameters = item.Parameters();
        SampleBatch batch = item.Samples().All();
        using IGradientSession session = model.CreateSession(item.SampleCount);

        Assert.Contains("has 61706", Refused(() => session.Gradient(parameters, batch, new float[3])));
        Assert.Contains("has 61706", Refused(() => session.Evaluate(new float[7], batch)));
        batch.Labels[2] = 10;
        Assert.Contains("Label of sample 2 is 10; labels are the whole numbers 0 to 9", Refused(() => session.Evaluate(parameters, batch)));
        batch.ResizeDense(item.SampleCount + 1, 784);
        Assert.Contains("this session takes 1 to 6", Refused(() => session.Evaluate(parameters, batch)));
        batch.ResizeDense(1, 783);
        Assert.Contains("783 features", Refused(() => session.Evaluate(parameters, batch)));
        Assert.Contains("has 61706", Refused(() => model.Initialise(new float[3], 1)));
    }

    [Fact]
    public void Token_that_the_vocabulary_lacks_is_one_clear_error()
    {
        TorchCase item = TorchCase.Named("transformer");
        SampleBatch batch = item.Samples().All();
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);
        batch.Dense[12] = 11;

        var error = Assert.Throws<ModelException>(() => session.Evaluate(item.Parameters(), batch));

        Assert.Equal("Token 3 of sample 1 of a batch is 11; tokens are the whole numbers 0 to 10.", error.Message);
        Assert.Contains("data of kind text", error.Hint);
    }

    private static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static float[] Gradient(TorchCase item, IModel model, int batchMax, out BatchLoss loss)
    {
        float[] gradient = [.. Enumerable.Repeat(float.NaN, model.ParameterCount)];
        using IGradientSession session = model.CreateSession(batchMax);
        loss = session.Gradient(item.Parameters(), item.Samples().All(), gradient);
        return gradient;
    }
}
