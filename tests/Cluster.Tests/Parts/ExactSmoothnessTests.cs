using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Parts;

public sealed class ExactSmoothnessTests
{
    private readonly TinySamples _samples = new(50, 6, 0);

    [Fact]
    public async Task Nothing_is_computed_before_somebody_asks_and_then_once()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, _samples);
        var smoothness = new ExactSmoothness(new RunPlan(), model, _samples, exists: true);
        Assert.Null(smoothness.Known);

        Task<double?> asked = smoothness.ComputeAsync();

        Assert.Same(asked, smoothness.ComputeAsync());
        Assert.Equal(model.Smoothness(_samples)!.Value, (await asked)!.Value, 1e-9);
        Assert.Equal(await asked, smoothness.Known);
    }

    [Fact]
    public async Task Augmented_samples_have_no_exact_one()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, _samples);

        Assert.Null(await new ExactSmoothness(new RunPlan(), model, _samples, exists: false).ComputeAsync());
    }

    [Fact]
    public void Rates_that_go_by_it_want_it_at_once()
    {
        Assert.Equal(TimeSpan.Zero, Of(new RunPlan { Mode = RunPlan.Adaptive }).DueIn);
        Assert.Equal(TimeSpan.Zero, Of(new RunPlan { Rule = new RulePlan { DelayAdaptive = true } }).DueIn);
        Assert.True(Of(new RunPlan()).DueIn > TimeSpan.Zero);
    }

    private ExactSmoothness Of(RunPlan plan) =>
        new(plan, ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, _samples), _samples, exists: true);
}
