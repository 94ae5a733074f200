using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Tests.Simulator;

/// <summary>Goal: a simulated run is a run, and the same one each time. Method: numbers that must come out whatever the schedule.</summary>
public sealed class SimulationTests
{
    public static TheoryData<string> Modes => [.. RunPlan.Modes];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Equal_seeds_give_equal_runs_to_the_last_bit(string mode)
    {
        SimulationPlan plan = CertificateTruthTests.Plan("quadratic", mode, RunPlans.TopK(0.25), ChurnPlan.Spread(1, 1, 300), seed: 11);

        SimulationResult first = TrainingSimulation.Run(plan);
        SimulationResult second = TrainingSimulation.Run(plan);

        Assert.Equal(first.Seconds, second.Seconds);
        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(first.Truth, second.Truth);
        Assert.Equal(first.Totals, second.Totals);
        Assert.NotEqual(first.Seconds, TrainingSimulation.Run(plan with { Run = plan.Run with { Seed = 12 } }).Seconds);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_sample_is_used_once_and_the_loss_falls(string mode)
    {
        SimulationPlan plan = CertificateTruthTests.Plan("quadratic", mode, new CodecPlan(), ChurnPlan.None, seed: 3);

        SimulationResult run = TrainingSimulation.Run(plan);

        Assert.Equal(plan.Samples, run.Totals.SamplesUsed);
        Assert.Equal(plan.Samples / plan.Run.Batch, run.Truth.Steps);
        Assert.True(run.LossEnd < run.Losses[0].Loss / 2, $"f went from {run.Losses[0].Loss} to {run.LossEnd}");
    }

    [Fact]
    public void Rounds_of_dense_updates_have_no_distance()
    {
        SimulationResult run = TrainingSimulation.Run(CertificateTruthTests.Plan("quadratic", RunPlan.Bsp, new CodecPlan(), ChurnPlan.None, seed: 3));

        // Views are f32 and x is f64: what is left is rounding.
        Assert.InRange(run.Truth.GapMean, 0, 1e-6);
        Assert.Equal(0, run.Report.GapMean);
    }

    [Fact]
    public void A_single_worker_misses_nothing()
    {
        SimulationPlan plan = CertificateTruthTests.Plan("quadratic", RunPlan.Async, new CodecPlan(), ChurnPlan.None, seed: 3);

        SimulationResult run = TrainingSimulation.Run(plan with { Run = plan.Run with { Workers = 1 } });

        Assert.Equal(0, run.Report.DelayMax);
        Assert.Equal(0, run.Report.GapMean);
    }

    [Fact]
    public void Lost_messages_cost_time_and_nothing_else()
    {
        SimulationPlan plan = CertificateTruthTests.Plan("quadratic", RunPlan.Bsp, new CodecPlan(), ChurnPlan.None, seed: 3);

        SimulationResult whole = TrainingSimulation.Run(plan);
        SimulationResult lossy = TrainingSimulation.Run(plan with { Delays = plan.Delays with { LossChance = 0.05 } });

        Assert.True(lossy.MessagesLost > 0);
        Assert.True(lossy.Seconds > whole.Seconds);
        Assert.Equal(whole.LossEnd, lossy.LossEnd);
    }

    [Fact]
    public void A_plan_that_makes_no_sense_is_refused_with_all_its_mistakes()
    {
        SimulationPlan plan = CertificateTruthTests.Plan("quadratic", RunPlan.Async, new CodecPlan(), ChurnPlan.None, seed: 3);

        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => TrainingSimulation.Run(plan with { Samples = 0, Run = plan.Run with { Workers = 0, DeadlineSeconds = 1 } }));

        Assert.Contains("samples is 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("workers is 0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("deadlineSeconds", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_diverges_ends_and_says_so()
    {
        SimulationPlan plan = RunPlans.Of(new ExperimentOptions { IsQuick = true }, ObjectiveCatalog.Quadratic(), seed: 1, gradientRate: 100);

        SimulationResult run = TrainingSimulation.Run(plan);

        Assert.True(run.HasDiverged);
        Assert.True(double.IsNaN(run.LossEnd));
    }
}
