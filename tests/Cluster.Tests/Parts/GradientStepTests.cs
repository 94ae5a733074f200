using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Models;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: an update's gradient is what its plan says, and its record says what was measured on the way.</summary>
public sealed class GradientStepTests
{
    private const int Batch = 16;

    private readonly TinySamples _samples = new(200, 12, 0);
    private readonly RunPlan _plan = new()
    {
        Batch = Batch,
        Shards = 2,
        Seed = 5,
        Rate = new SchedulePlan(Rate: 0.25),
        Consistency = new ConsistencyPlan { NoiseEvery = 4, SmoothnessEvery = 0 },
    };

    [Fact]
    public void Record_says_samples_loss_time_and_view()
    {
        using GradientStep step = Step(_plan, out IModel model, out ShardMap map, new SteppingTime(2));
        float[] parameters = Steps.Bell(model.ParameterCount, 3);

        BatchLoss loss = step.Compute(Steps.View(map, parameters, version: 7), Steps.Single(20, 10));

        (BatchLoss expected, _) = Direct(model, parameters, 20, 10);
        Assert.Equal(expected.LossSum, loss.LossSum, 1e-5);
        Assert.Equal((10, loss.LossSum, 1), (step.Record.SampleCount, step.Record.LossSum, step.Record.StepCount));
        Assert.Equal(2, step.Record.GradientSeconds);
        Assert.Equal((7L, 7L, 1), (step.Record.Slices[1].ViewVersion, step.Record.Slices[1].ViewWatermark, step.Record.Slices[1].ViewIncarnation));
    }

    [Fact]
    public void First_eight_updates_and_then_every_fourth_measure_the_noise()
    {
        using GradientStep step = Step(_plan, out IModel model, out ShardMap map);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        Assert.True(double.IsNaN(step.Noise));
        var measured = new List<int>();
        for (int update = 0; update < 20; update++)
        {
            step.Compute(view, Steps.Single(update * 5, Batch));
            if (!double.IsNaN(step.Record.HalfBatchDifferenceSquared))
            {
                measured.Add(update);
                Assert.Equal(Math.Pow(Steps.Norm(step.Gradient), 2), step.Record.GradientNormSquared, 1e-5);
            }
        }

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16], measured);
        Assert.True(step.Noise > 0);
        Assert.True(step.GradientSquared >= 0);
    }

    [Theory]
    [InlineData(Batch)]
    [InlineData(7)]
    [InlineData(2)]
    [InlineData(1)]
    public void Measured_gradient_is_that_of_the_whole_batch(int length)
    {
        using GradientStep step = Step(_plan, out IModel model, out ShardMap map);
        float[] parameters = Steps.Bell(model.ParameterCount, 3);

        BatchLoss loss = step.Compute(Steps.View(map, parameters), Steps.Single(40, length));

        (BatchLoss expected, float[] gradient) = Direct(model, parameters, 40, length);
        Assert.Equal(expected.LossSum, loss.LossSum, 1e-5);
        Assert.Equal(length == 1, double.IsNaN(step.Record.HalfBatchDifferenceSquared));
        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.Equal(gradient[i], step.Gradient[i], 1e-5f);
        }
    }

    [Fact]
    public void Slot_of_a_round_makes_the_same_bits_whoever_computes_it()
    {
        using GradientStep early = Step(_plan, out IModel model, out ShardMap map);
        using GradientStep late = Step(_plan, out _, out _);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        for (int i = 0; i < 3; i++)
        {
            late.Compute(view, Steps.InRound(10, 4, 0, Batch));
        }

        foreach (long round in (long[])[2, 8, 9, 11, 12])
        {
            early.Compute(view, Steps.InRound(round, 4, 32, Batch));
            late.Compute(view, Steps.InRound(round, 4, 32, Batch));

            Assert.Equal(early.Gradient, late.Gradient);
            Assert.Equal(round is 2 or 8 or 12, !double.IsNaN(late.Record.HalfBatchDifferenceSquared));
        }
    }

    [Fact]
    public void Secant_is_of_the_batch_before_at_two_views_and_never_above_L()
    {
        RunPlan plan = _plan with { Consistency = new ConsistencyPlan { SmoothnessEvery = 2 } };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        float[] first = Steps.Bell(model.ParameterCount, 3);
        float[] second = Steps.Bell(model.ParameterCount, 4);
        WorkerView view = Steps.View(map, first);

        step.Compute(view, Steps.Single(0, Batch));
        Assert.True(double.IsNaN(step.Record.SecantGradient));
        Steps.Apply(view, map, second, version: 1);
        step.Compute(view, Steps.Single(60, Batch));

        (_, float[] before) = Direct(model, first, 0, Batch);
        (_, float[] after) = Direct(model, second, 0, Batch);
        Assert.Equal(Steps.Norm(before.Zip(after, (a, b) => a - b)), step.Record.SecantGradient, 1e-4);
        Assert.Equal(Steps.Norm(first.Zip(second, (a, b) => a - b)), step.Record.SecantDistance, 1e-4);

        step.Compute(view, Steps.Single(80, Batch));
        Assert.True(double.IsNaN(step.Record.SecantGradient)); // the second update kept nothing
    }

    [Fact]
    public void View_that_did_not_move_and_known_L_give_no_secant()
    {
        RunPlan plan = _plan with { Consistency = new ConsistencyPlan { SmoothnessEvery = 1 } };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        using GradientStep knowing = Step(plan, out _, out _, smoothnessIsKnown: true);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        for (int i = 0; i < 3; i++)
        {
            step.Compute(view, Steps.Single(0, Batch));
            knowing.Compute(view, Steps.Single(0, Batch));
            Steps.Apply(view, map, i == 0 ? [.. view.Parameters] : Steps.Bell(model.ParameterCount, (ulong)i), version: i + 1);
            Assert.True(double.IsNaN(knowing.Record.SecantDistance));
            Assert.Equal(i < 2, double.IsNaN(step.Record.SecantDistance));
        }
    }

    [Theory]
    [InlineData(1, 0.5f)]
    [InlineData(4, 0.125f)]
    public void Local_steps_move_a_private_copy_and_add_up(int slotCount, float rate)
    {
        RunPlan plan = _plan with { LocalSteps = 3, Rate = new SchedulePlan(Rate: 0.5) };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        float[] parameters = Steps.Bell(model.ParameterCount, 3, scale: 0.1);
        BatchRange range = slotCount == 1 ? Steps.Single(0, 40) : Steps.InRound(20, slotCount, 0, 40);

        BatchLoss loss = step.Compute(Steps.View(map, parameters), range);

        (float[] sum, double distance, double lossSum) = LocalByHand(model, parameters, rate, [(0, 16), (16, 16), (32, 8)]);
        Assert.Equal((3, 40), (step.Record.StepCount, step.Record.SampleCount));
        Assert.Equal(lossSum, loss.LossSum, 1e-3);
        Assert.Equal(slotCount == 1 ? 0 : distance, step.Record.LocalDistance, 1e-4);
        for (int i = 0; i < sum.Length; i++)
        {
            Assert.Equal(sum[i], step.Gradient[i], 1e-4f);
        }
    }

    [Fact]
    public void Local_steps_under_momentum_go_as_far_as_the_gradient_will_move_x_in_the_end()
    {
        RunPlan plan = _plan with { LocalSteps = 2, Rule = new RulePlan { Kind = RulePlan.Momentum, Decay = 0.5 } };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        float[] parameters = Steps.Bell(model.ParameterCount, 3, scale: 0.1);

        step.Compute(Steps.View(map, parameters), Steps.Single(0, 32));

        (float[] sum, _, _) = LocalByHand(model, parameters, 0.5f, [(0, 16), (16, 16)]); // 0.25 / (1 − ½)
        for (int i = 0; i < sum.Length; i++)
        {
            Assert.Equal(sum[i], step.Gradient[i], 1e-4f);
        }
    }

    [Fact]
    public void Straggler_of_a_round_stops_at_a_layer_and_says_so()
    {
        RunPlan plan = _plan with { Mode = RunPlan.Bsp, DeadlineSeconds = 2.5 };
        using GradientStep step = Network(plan, out IModel model, out ShardMap map, new SteppingTime(1));
        float[] parameters = Steps.Bell(model.ParameterCount, 3, scale: 0.3);

        // The clock is read at the beginning, before the gradient, and before the second and the first of three layers: then it is late.
        step.Compute(Steps.View(map, parameters), Steps.InRound(9, 2, 0, Batch));

        int first = model.Tensors.Single(tensor => tensor.Name == "2.weight").Offset;
        (_, float[] whole) = Direct(model, parameters, 0, Batch, Classes);
        Assert.True(step.Record.IsPartial);
        Assert.Equal(new float[first], step.Gradient[..first]);
        Assert.Equal(whole[first..], step.Gradient[first..]);
    }

    [Fact]
    public void Only_bulk_synchronous_runs_have_deadlines()
    {
        using GradientStep step = Network(_plan with { DeadlineSeconds = 0.001 }, out IModel model, out ShardMap map, new SteppingTime(1));

        step.Compute(Steps.View(map, Steps.Bell(model.ParameterCount, 3, scale: 0.3)), Steps.Single(0, Batch));

        Assert.False(step.Record.IsPartial);
    }

    [Fact]
    public void Late_worker_takes_no_further_local_step()
    {
        RunPlan plan = _plan with { Mode = RunPlan.Bsp, DeadlineSeconds = 1.5, LocalSteps = 4 };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map, new SteppingTime(1));

        // A linear model has no layers to stop at: the first gradient is whole, and the clock says two seconds after it.
        step.Compute(Steps.View(map, Steps.Bell(model.ParameterCount, 3)), Steps.InRound(9, 2, 0, 4 * Batch));

        Assert.Equal((1, Batch, false), (step.Record.StepCount, step.Record.SampleCount, step.Record.IsPartial));
    }

    [Fact]
    public void Clipped_gradient_has_the_largest_norm_and_its_record_the_whole_one()
    {
        RunPlan plan = _plan with { Rule = new RulePlan { ClipNorm = 0.5 } };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        float[] parameters = Steps.Bell(model.ParameterCount, 3);

        step.Compute(Steps.View(map, parameters), Steps.Single(0, Batch));

        (_, float[] gradient) = Direct(model, parameters, 0, Batch);
        Assert.Equal(0.5, Steps.Norm(step.Gradient), 1e-5);
        Assert.Equal(Steps.Norm(gradient) - 0.5, step.ClippedNorm, 1e-4);
        Assert.Equal(Steps.Norm(gradient), Math.Sqrt(step.Record.GradientNormSquared), 1e-4);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        RunPlan plan = _plan with
        {
            LocalSteps = 2,
            Rule = new RulePlan { ClipNorm = 0.5 },
            Consistency = new ConsistencyPlan { NoiseEvery = 2, SmoothnessEvery = 2, Sketch = 64 },
        };
        using GradientStep step = Step(plan, out IModel model, out ShardMap map);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        Repeat();

        Assert.Equal(0, AllocatedBytes.Of(Repeat));

        void Repeat()
        {
            for (int i = 0; i < 50; i++)
            {
                step.Compute(view, Steps.Single(i, 2 * Batch));
            }
        }
    }

    [Fact]
    public void What_a_plan_holds_back_is_a_residual_or_momentum()
    {
        Assert.False(GradientStep.HoldsBack(_plan));
        Assert.True(GradientStep.HoldsBack(_plan with { Rule = new RulePlan { Kind = RulePlan.Momentum } }));
        Assert.True(GradientStep.HoldsBack(_plan with { Codec = new CodecPlan(CodecPlan.TopK, 0.1) }));
        Assert.False(GradientStep.HoldsBack(_plan with { Codec = new CodecPlan(CodecPlan.TopK, 0.1, ErrorFeedback: false) }));
    }

    private const int Classes = 3;

    private GradientStep Step(
        RunPlan plan, out IModel model, out ShardMap map, TimeProvider? time = null, bool smoothnessIsKnown = false)
    {
        model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares, L2 = 0.125 }, _samples);
        map = new ShardMap(model.ParameterCount, plan.Shards);
        return new GradientStep(plan, model, _samples, map, time ?? TimeProvider.System, smoothnessIsKnown);
    }

    private static GradientStep Network(RunPlan plan, out IModel model, out ShardMap map, TimeProvider time)
    {
        var samples = new TinySamples(200, 12, Classes);
        model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [6, 5] }, samples);
        map = new ShardMap(model.ParameterCount, plan.Shards);
        return new GradientStep(plan, model, samples, map, time, smoothnessIsKnown: true);
    }

    // The gradient of positions of epoch 0, without any of the code under test.
    private (BatchLoss Loss, float[] Gradient) Direct(IModel model, float[] parameters, int start, int length, int classes = 0)
    {
        int[] rows = new int[length];
        new SeededPermutation(_samples.Count, _plan.Seed, 0).Fill(start, rows);
        var batch = new SampleBatch();
        (classes == 0 ? _samples : new TinySamples(200, 12, classes)).Read(rows, batch);
        float[] gradient = new float[model.ParameterCount];
        using IGradientSession session = model.CreateSession(length);
        return (session.Gradient(parameters, batch, gradient), gradient);
    }

    private (float[] Sum, double Distance, double LossSum) LocalByHand(
        IModel model, float[] parameters, float rate, (int Start, int Length)[] batches)
    {
        float[] sum = new float[parameters.Length];
        double distance = 0;
        double lossSum = 0;
        foreach ((int start, int length) in batches)
        {
            float[] point = [.. parameters.Zip(sum, (x, g) => x - (rate * g))];
            distance = Math.Max(distance, Steps.Norm(point.Zip(parameters, (p, x) => p - x)));
            (BatchLoss loss, float[] gradient) = Direct(model, point, start, length);
            sum = [.. sum.Zip(gradient, (a, b) => a + b)];
            lossSum += loss.LossSum;
        }

        return (sum, distance, lossSum);
    }
}
