using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Data;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Models;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: local steps on sparse rows make the update that they make on any rows. Method: the same rows, once without their table.</summary>
public sealed class LocalDescentTests
{
    private const int Batch = 8;
    private const int Features = 300;

    private static readonly ISampleSource Sparse = DataCatalog.Open(
        new DataPlan
        {
            Kind = DataKinds.Synthetic,
            Shape = SyntheticShapes.SparseLogistic,
            SampleCount = 500,
            TestSampleCount = 1,
            FeatureCount = Features,
            EntriesPerRow = 10,
        },
        "data").Train;

    private readonly RunPlan _plan = new()
    {
        Batch = Batch,
        Shards = 2,
        Seed = 5,
        LocalSteps = 40,
        Rate = new SchedulePlan(Rate: 0.5),
        Consistency = new ConsistencyPlan { NoiseEvery = 4, SmoothnessEvery = 0 },
    };

    [Theory]
    [InlineData(0, 40 * Batch, 40)] // in the first updates the first step is measured
    [InlineData(9, 40 * Batch, 40)]
    [InlineData(9, (40 * Batch) - 5, 40)]
    [InlineData(9, 3, 1)]
    [InlineData(0, 3, 1)]
    public void Update_is_the_one_of_whole_gradients(int updatesBefore, int length, int steps)
    {
        (float[] gradient, BatchLoss loss, TicketRecord record) = Compute(_plan, Sparse, updatesBefore, length);
        (float[] expected, BatchLoss expectedLoss, TicketRecord expectedRecord) = Compute(_plan, new Tableless(Sparse), updatesBefore, length);

        Assert.Equal(0, gradient.Zip(expected, (one, other) => Math.Abs(one - other)).Max(), 2e-4 * Steps.Norm(expected));
        Assert.Equal(expectedLoss.LossSum, loss.LossSum, 1e-3);
        Assert.Equal((length, expectedLoss.Correct), (loss.Count, loss.Correct));
        Assert.Equal((steps, length, false), (record.StepCount, record.SampleCount, record.IsPartial));
        Assert.Equal(expectedRecord.StepCount, record.StepCount);
        Assert.Equal(expectedRecord.HalfBatchDifferenceSquared, record.HalfBatchDifferenceSquared, 1e-6);
    }

    [Fact]
    public void Steps_that_all_start_from_the_view_are_told_apart()
    {
        (float[] gradient, _, _) = Compute(_plan, Sparse, 9, 40 * Batch);
        (float[] wrong, _, _) = Compute(_plan with { Rate = new SchedulePlan(Rate: 1e-6) }, Sparse, 9, 40 * Batch);

        Assert.True(gradient.Zip(wrong, (one, other) => Math.Abs(one - other)).Max() > 0.01 * Steps.Norm(gradient));
    }

    [Theory]
    [InlineData(RunPlan.Async, 0, false)]
    [InlineData(RunPlan.Bsp, 0, true)] // the ledger asks how far the worker went on the way
    [InlineData(RunPlan.Async, 0.5, true)] // each gradient is clipped
    public void Steps_that_need_each_gradient_go_the_other_way(string mode, double clipNorm, bool isWhole)
    {
        RunPlan plan = _plan with { Mode = mode, Rule = new RulePlan { ClipNorm = clipNorm } };
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.Logistic }, Sparse);
        using IGradientSession session = model.CreateSession(Batch);

        Assert.Equal(isWhole, LocalDescent.Create(plan, session, Sparse, null, model.ParameterCount) is null);
        Assert.Null(LocalDescent.Create(plan with { LocalSteps = 1 }, session, Sparse, null, model.ParameterCount));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using GradientStep step = Step(_plan, Sparse, out IModel model, out ShardMap map);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        Repeat();

        Assert.Equal(0, AllocatedBytes.Of(Repeat));

        void Repeat()
        {
            for (int i = 0; i < 50; i++)
            {
                step.Compute(view, Steps.Single(i, 40 * Batch));
            }
        }
    }

    private static (float[] Gradient, BatchLoss Loss, TicketRecord Record) Compute(RunPlan plan, ISampleSource samples, int updatesBefore, int length)
    {
        using GradientStep step = Step(plan, samples, out IModel model, out ShardMap map);
        WorkerView view = Steps.View(map, Steps.Bell(model.ParameterCount, 3));
        for (int update = 0; update < updatesBefore; update++)
        {
            step.Compute(view, Steps.Single(update, Batch));
        }

        BatchLoss loss = step.Compute(view, Steps.Single(60, length));
        return (step.Gradient, loss, step.Record);
    }

    private static GradientStep Step(RunPlan plan, ISampleSource samples, out IModel model, out ShardMap map)
    {
        model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.Logistic }, samples);
        map = new ShardMap(model.ParameterCount, plan.Shards);
        return new GradientStep(plan, model, samples, map, TimeProvider.System, smoothnessIsKnown: true);
    }

    // The rows without the table they lie in.
    private sealed class Tableless(ISampleSource samples) : ISampleSource
    {
        public int Count => samples.Count;

        public int FeatureCount => samples.FeatureCount;

        public int ClassCount => samples.ClassCount;

        public bool IsSparse => samples.IsSparse;

        public void Read(ReadOnlySpan<int> rows, SampleBatch batch) => samples.Read(rows, batch);
    }
}
