using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments;

/// <summary>The run that experiments vary: eight workers, three shards, batches of four.</summary>
public static class RunPlans
{
    /// <summary>Samples of a batch.</summary>
    public const int Batch = 4;

    /// <summary>A run with one epoch of the options' length.</summary>
    /// <param name="gradientRate">What one gradient moves x by: α in single steps, α / p in rounds, so that equal numbers mean equal work.</param>
    public static SimulationPlan Of(
        ExperimentOptions options, IObjective objective, ulong seed, string mode = RunPlan.Async, int workers = 8, double gradientRate = 0.02)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool isRound = mode is RunPlan.Bsp or RunPlan.VarianceBounded;
        return new SimulationPlan
        {
            Objective = objective,
            Samples = options.Samples,
            CutEvery = options.Samples / Batch / 16,
            Run = new RunPlan
            {
                Mode = mode,
                Workers = workers,
                Shards = 3,
                Batch = Batch,
                Epochs = 1,
                Seed = seed,
                Substitute = mode == RunPlan.VarianceBounded ? "none" : new RunPlan().Substitute,
                LeaseBatches = 4,
                Rate = new SchedulePlan(Rate: gradientRate * (isRound ? workers : 1)),
                Consistency = new ConsistencyPlan { NoiseEvery = 4, SmoothnessEvery = double.IsNaN(objective.Smoothness) ? 16 : 0 },
            },
        };
    }

    /// <summary>The same run with another codec.</summary>
    public static SimulationPlan With(this SimulationPlan plan, CodecPlan codec)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan with { Run = plan.Run with { Codec = codec } };
    }

    /// <summary>Top-k by fraction.</summary>
    public static CodecPlan TopK(double fraction, bool feedback = true) => new(CodecPlan.TopK, Fraction: fraction, ErrorFeedback: feedback);
}
