using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Data;
using OrleansSgd.Examples;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: what the guide to extending shows works. Method: the examples are held to what their kind promises.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void The_codec_loses_nothing_sends_every_coordinate_in_its_turn_and_can_take_back()
    {
        const int dimension = 37;
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var random = new SeededRandom(seed);
            var codec = new TurnCodec(dimension, 1 + random.NextInt(6));
            double[] given = new double[dimension];
            double[] arrived = new double[dimension];
            for (int update = 0; update < 12; update++)
            {
                float[] gradient = [.. Enumerable.Range(0, dimension).Select(_ => random.NextInt(9) - 4f)];
                Assert.True(codec.TryBegin(gradient, 0.5f));
                if (random.NextInt(3) == 0)
                {
                    codec.TakeBack();
                    Assert.Equal(update, codec.NextUpdate);
                    Assert.True(codec.TryBegin(gradient, 0.5f));
                }

                Assert.InRange(codec.Gamma, 0, 1);
                Send(codec, new ShardMap(dimension, 3), arrived);
                for (int i = 0; i < dimension; i++)
                {
                    // Halves of small whole numbers: every sum is exact.
                    given[i] += 0.5 * gradient[i];
                    Assert.True(arrived[i] + codec.Residual[i] == given[i], $"seed {seed}, update {update}, coordinate {i}");
                }
            }
        }
    }

    [Fact]
    public void The_codec_refuses_what_is_not_finite_and_changes_nothing()
    {
        var codec = new TurnCodec(2, 2);
        Assert.True(codec.TryBegin([1, 2], 1));
        codec.TakeBack();

        Assert.False(codec.TryBegin([float.MaxValue, 0], 2));
        Assert.Equal([0f, 0f], codec.Residual.ToArray());
        Assert.Equal(0, codec.NextUpdate);
    }

    [Fact]
    public void The_gate_lets_one_worker_warm_up_and_nobody_waits_for_ever()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var random = new SeededRandom(seed);
            var gate = new WarmUpGate(10);
            var at = new bool[4];
            long closed = 0;
            for (int turn = 0; turn < 2000 && closed < 40; turn++)
            {
                int worker = random.NextInt(at.Length);
                if (!at[worker] && gate.MayBegin(worker))
                {
                    gate.Began(worker);
                    at[worker] = true;
                    Assert.True(closed >= 10 || at.Count(one => one) == 1, $"seed {seed}: two workers at once after {closed} steps");
                }
                else if (at[worker] && random.NextInt(5) == 0)
                {
                    // It dies before its ticket.
                    gate.Left(worker);
                    at[worker] = false;
                }
                else if (at[worker])
                {
                    Assert.Equal(TicketVerdict.Given, gate.MayTake(worker, 1));
                    gate.Took(worker, closed, 1);
                    gate.Closed(worker, closed++);
                    at[worker] = false;
                }
            }

            Assert.True(closed == 40, $"seed {seed}: only {closed} steps");
        }
    }

    [Fact]
    public void The_models_gradient_is_the_slope_of_its_loss()
    {
        var model = new HuberModel(3, 0.5);
        using IGradientSession session = model.CreateSession(4);
        SampleBatch batch = Batch([1, 2, -1, 0.5f, -2, 1, 3, 0, 1, -1, 1, 1], [0.25f, 4, -3, 0], 3);
        float[] point = [0.3f, -0.2f, 0.6f];
        float[] gradient = new float[3];

        session.Gradient(point, batch, gradient);

        for (int i = 0; i < point.Length; i++)
        {
            // The third derivative is 0 but at the two kinks, which no sample is near; what is left is the rounding of f32 parameters.
            const float step = 1e-2f;
            float[] up = [.. point];
            float[] down = [.. point];
            up[i] += step;
            down[i] -= step;
            double slope = (session.Evaluate(up, batch).LossSum - session.Evaluate(down, batch).LossSum) / (batch.Count * (double)(up[i] - down[i]));
            Assert.Equal(slope, gradient[i], 1e-4);
        }
    }

    [Fact]
    public void The_model_learns_and_outliers_do_not_pull_it_away()
    {
        var data = new DataPlan { Kind = DataKinds.Synthetic, Shape = SyntheticShapes.LeastSquares, SampleCount = 400, FeatureCount = 5, Condition = 2, Noise = 0.01 };
        DataSets sets = new DataCache().Open(data, ".");
        var model = new HuberModel(5, 0.1);
        using IGradientSession session = model.CreateSession(400);
        var batch = new SampleBatch();
        sets.Train.Read([.. Enumerable.Range(0, 400)], batch);
        batch.Labels[0] = 1e6f;
        float[] parameters = new float[5];
        float[] gradient = new float[5];
        model.Initialise(parameters, 1);
        double before = session.Evaluate(parameters, batch).LossSum;
        for (int step = 0; step < 2000; step++)
        {
            session.Gradient(parameters, batch, gradient);
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i] -= 0.5f * gradient[i];
            }
        }

        Assert.True(session.Evaluate(parameters, batch).LossSum < before);
        IReadOnlyList<double> truth = sets.KnownOptimum!.Parameters;
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(truth[i], parameters[i], 0.05));
    }

    private static void Send(TurnCodec codec, ShardMap map, double[] arrived)
    {
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardRange range = map[shard];
            int count = codec.EntryCount(range);
            byte[] payload = new byte[codec.PayloadSize(range)];
            double norm = codec.Write(range, payload);
            FramePayload.Validate(codec.KindOf(range), payload, count, range.Length);
            Assert.Equal(FramePayload.NormSquared(codec.KindOf(range), payload, count), norm);
            float[] decoded = new float[range.Length];
            FramePayload.CopyTo(decoded, codec.KindOf(range), payload, count);
            for (int i = 0; i < decoded.Length; i++)
            {
                arrived[range.Start + i] += decoded[i];
            }
        }
    }

    private static SampleBatch Batch(float[] features, float[] labels, int featureCount)
    {
        var batch = new SampleBatch();
        batch.ResizeDense(labels.Length, featureCount);
        features.CopyTo(batch.Dense);
        labels.CopyTo(batch.Labels);
        return batch;
    }
}
