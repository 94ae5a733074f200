using System.Text.Json.Nodes;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: an evaluation is that of PyTorch, with the mean statistics of given batches where the network has any. Method: PyTorch,
/// which averages running statistics evenly when its momentum is none.</summary>
[Collection(nameof(WithOracle))]
public class TorchStatisticsTests(Oracle oracle)
{
    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Evaluation_is_that_of_PyTorch_with_the_same_statistics(string name)
    {
        TorchCase item = TorchCase.Named(name);
        JsonObject expected = Expected(item);
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);
        float[] parameters = item.Parameters();
        if (session is IStatisticsSession measuring)
        {
            Measure(item, measuring, parameters);
            Assert.InRange(TorchChecker.RelativeDistance(measuring.Statistics, Oracle.Decode(expected["statistics"])), 0, 1e-5);
        }

        BatchLoss loss = session.Evaluate(parameters, item.Samples().All());

        double wanted = expected["loss"]!.GetValue<double>();
        Assert.Equal(wanted, loss.LossSum / loss.Count, 1e-5 * (1 + wanted));
        Assert.Equal(expected["correct"]!.GetValue<int>(), loss.Correct);
        Assert.Equal(item.HasStatistics, session is IStatisticsSession);
    }

    [Theory]
    [MemberData(nameof(TorchCase.NamesWithStatistics), MemberType = typeof(TorchCase))]
    public void Statistics_survive_gradients_and_evaluations_between(string name)
    {
        TorchCase item = TorchCase.Named(name);
        float[] parameters = item.Parameters();
        SampleBatch batch = item.Samples().All();
        using var session = (IStatisticsSession)item.Model.CreateSession(item.SampleCount);
        Measure(item, session, parameters);
        float[] measured = session.Statistics.ToArray();
        BatchLoss loss = session.Evaluate(parameters, batch);

        session.Gradient(parameters, item.Samples(stream: 9).All(), new float[parameters.Length]);

        Assert.Equal(loss, session.Evaluate(parameters, batch));
        Assert.Equal(measured, session.Statistics.ToArray());
    }

    [Theory]
    [MemberData(nameof(TorchCase.NamesWithStatistics), MemberType = typeof(TorchCase))]
    public void Statistics_measured_in_one_session_serve_another(string name)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        float[] parameters = item.Parameters();
        using var session = (IStatisticsSession)model.CreateSession(item.SampleCount);
        using var other = (IStatisticsSession)model.CreateSession(item.SampleCount);
        Measure(item, session, parameters);

        other.LoadStatistics(session.Statistics);

        Assert.Equal(session.Statistics.ToArray(), other.Statistics.ToArray());
        Assert.Equal(session.Evaluate(parameters, item.Samples().All()), other.Evaluate(parameters, item.Samples().All()));
    }

    [Fact]
    public void Statistics_begin_with_mean_0_and_variance_1_and_do_again_after_a_reset()
    {
        TorchCase item = TorchCase.Named("resnet of 8");
        IModel model = item.Model;
        using var session = (IStatisticsSession)model.CreateSession(item.SampleCount);
        float[] fresh = session.Statistics.ToArray();

        Measure(item, session, item.Parameters());
        ParameterTensor count = model.Buffers[2];
        float counted = session.Statistics[count.Offset];
        session.ResetStatistics();

        Assert.Equal("bn1.num_batches_tracked", count.Name);
        Assert.Equal(2, counted);
        Assert.Equal(fresh, session.Statistics.ToArray());
        foreach (ParameterTensor buffer in model.Buffers)
        {
            float wanted = buffer.Name.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0;
            Assert.All(fresh[buffer.Offset..(buffer.Offset + buffer.Length)], value => Assert.Equal(wanted, value));
        }
    }

    [Fact]
    public void Order_of_the_measured_batches_does_not_count()
    {
        TorchCase item = TorchCase.Named("wide resnet");
        float[] parameters = item.Parameters();
        using var session = (IStatisticsSession)item.Model.CreateSession(item.SampleCount);
        session.AccumulateStatistics(parameters, item.Samples(stream: 5).All());
        session.AccumulateStatistics(parameters, item.Samples(stream: 6).All());
        float[] forth = session.Statistics.ToArray();

        session.ResetStatistics();
        session.AccumulateStatistics(parameters, item.Samples(stream: 6).All());
        session.AccumulateStatistics(parameters, item.Samples(stream: 5).All());

        Assert.Equal(forth, session.Statistics.ToArray());
    }

    [Fact]
    public void Batch_of_one_and_statistics_of_another_length_are_refused()
    {
        TorchCase item = TorchCase.Named("resnet of 8");
        using var session = (IStatisticsSession)item.Model.CreateSession(item.SampleCount);

        Assert.Contains(
            "2 samples or more", Assert.Throws<ArgumentException>(() => session.AccumulateStatistics(item.Parameters(), item.Samples().Rows(0))).Message);
        Assert.Contains("3 coordinates", Assert.Throws<ArgumentException>(() => session.LoadStatistics(new float[3])).Message);
    }

    private JsonObject Expected(TorchCase item)
    {
        JsonObject question = TorchChecker.With(item.Question("evaluate"), item.Parameters(), item.Samples().All());
        question["training"] = new JsonArray(
            [.. Training(item).Select(batch => (JsonNode)Oracle.Encode(batch.Dense))]);
        return oracle.Ask(question);
    }

    private static void Measure(TorchCase item, IStatisticsSession session, float[] parameters)
    {
        foreach (SampleBatch batch in Training(item))
        {
            session.AccumulateStatistics(parameters, batch);
        }
    }

    private static IEnumerable<SampleBatch> Training(TorchCase item) => item.HasStatistics
        ? [item.Samples(stream: 5).All(), item.Samples(stream: 6).Rows(0, 1, 2)]
        : [];
}
