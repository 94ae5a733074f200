using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;
using OrleansSgd.Testing;

namespace OrleansSgd.Models.Tests;

/// <summary>What a session refuses, what it lets through, and what it costs.</summary>
public class SessionTests
{
    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Steady_state_allocates_nothing(string name, bool sparse)
    {
        Case item = Case.Named(name);
        SampleBatch batch = item.Samples(sparse).All();
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        using IGradientSession session = item.Model.CreateSession(batch.Count);
        Repeat();

        Assert.Equal(0, AllocatedBytes.Of(Repeat));

        // The first time is the warm-up: the runtime compiles both methods on this thread and may allocate for that.
        void Repeat()
        {
            for (int i = 0; i < 100; i++)
            {
                session.Gradient(parameters, batch, gradient);
                session.Evaluate(parameters, batch);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Parameters_that_are_not_finite_give_a_loss_that_is_not_finite(string name, bool sparse)
    {
        Case item = Case.Named(name);
        SampleBatch batch = item.Samples(sparse).All();
        float[] gradient = new float[item.Model.ParameterCount];
        using IGradientSession session = item.Model.CreateSession(batch.Count);
        float[] parameters = [.. Enumerable.Repeat(float.NaN, gradient.Length)];

        BatchLoss loss = session.Gradient(parameters, batch, gradient);

        Assert.False(double.IsFinite(loss.LossSum));
        Assert.Equal(0, loss.Correct);
        Assert.Equal(batch.Count, loss.Count);
        Assert.Contains(gradient, value => !float.IsFinite(value));
    }

    [Fact]
    public void Diverged_softmax_weights_give_a_loss_that_is_not_finite()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "softmax", Bias = false }, [1], 2);
        using IGradientSession session = model.CreateSession(1);
        SampleBatch batch = new ArraySource([[1e30f]], [0], 2, isSparse: false).All();

        BatchLoss loss = session.Gradient([1e30f, -1e30f], batch, new float[2]);

        Assert.False(double.IsFinite(loss.LossSum));
    }

    public static TheoryData<string, int, int, int, float, string> Refusals => new()
    {
        { "softmax", 219, 220, 21, 0, "Parameters have 219 coordinates, but the model has 220." },
        { "softmax", 220, 221, 21, 0, "Gradient has 221 coordinates, but the model has 220." },
        { "softmax", 220, 220, 20, 0, "Batch has 20 features, but the model was made for 21." },
        { "softmax", 220, 220, 21, 10, "Label of sample 0 is 10; labels are the whole numbers 0 to 9." },
        { "softmax", 220, 220, 21, -1, "Label of sample 0 is -1; labels are the whole numbers 0 to 9." },
        { "softmax", 220, 220, 21, 0.5f, "Label of sample 0 is 0.5; labels are the whole numbers 0 to 9." },
        { "softmax", 220, 220, 21, float.NaN, "Label of sample 0 is NaN; labels are the whole numbers 0 to 9." },
        { "logistic", 9, 10, 9, 0, "Parameters have 9 coordinates, but the model has 10." },
        { "logistic", 10, 9, 9, 0, "Gradient has 9 coordinates, but the model has 10." },
        { "logistic", 10, 10, 8, 0, "Batch has 8 features, but the model was made for 9." },
        { "logistic", 10, 10, 9, 2, "Label of sample 0 is 2; labels are the whole numbers 0 to 1." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_does_not_fit_is_refused_and_changes_nothing(
        string name, int parameterCount, int gradientLength, int featureCount, float label, string message)
    {
        float[] gradient = [.. Enumerable.Repeat(7f, gradientLength)];
        using IGradientSession session = Case.Named(name).Model.CreateSession(4);
        SampleBatch batch = new ArraySource([new float[featureCount]], [label], 10, isSparse: false).All();

        var error = Assert.Throws<ArgumentException>(
            () => session.Gradient(new float[parameterCount], batch, gradient));

        Assert.Equal(message, error.Message);
        Assert.All(gradient, value => Assert.Equal(7f, value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Batch_of_no_samples_or_more_than_agreed_is_refused(int count)
    {
        Case item = Case.Named("least squares");
        using IGradientSession session = item.Model.CreateSession(4);
        var batch = new SampleBatch();
        batch.ResizeDense(count, item.FeatureCount);

        var error = Assert.Throws<ArgumentException>(() => session.Evaluate(item.Parameters(), batch));

        Assert.Equal(
            $"Batch has {count} samples; this session takes 1 to 4. Make a session for larger ones.", error.Message);
    }

    [Theory]
    [InlineData(1, 1, "names feature 1 at entry 1; indices must ascend below 7")]
    [InlineData(1, 7, "names feature 7 at entry 1; indices must ascend below 7")]
    [InlineData(-1, 3, "names feature -1 at entry 0; indices must ascend below 7")]
    public void Sparse_row_with_a_foreign_or_repeated_feature_is_refused(int first, int second, string message)
    {
        Case item = Case.Named("least squares");
        using IGradientSession session = item.Model.CreateSession(1);
        var batch = new SampleBatch();
        batch.ResizeSparse(1, item.FeatureCount, 2);
        (batch.Indices[0], batch.Indices[1]) = (first, second);
        batch.Values.Fill(1);
        batch.Labels.Fill(1);

        var error = Assert.Throws<ArgumentException>(() => session.Evaluate(item.Parameters(), batch));

        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Sparse_row_that_ends_before_it_starts_is_refused()
    {
        Case item = Case.Named("least squares");
        using IGradientSession session = item.Model.CreateSession(2);
        var batch = new SampleBatch();
        batch.ResizeSparse(2, item.FeatureCount, 2);
        (batch.Indices[0], batch.Indices[1]) = (0, 1);
        batch.RowStarts[1] = 3;

        var error = Assert.Throws<ArgumentException>(() => session.Evaluate(item.Parameters(), batch));

        Assert.Contains("Sparse row 0 spans entries 0 to 3 of 2", error.Message);
    }
}
