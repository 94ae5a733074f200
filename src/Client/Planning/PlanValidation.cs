using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>Forecasts of small jobs held against the jobs themselves, on silos in this process.</summary>
/// <remarks>
/// Each setting follows three short runs of the same model, which say what the machine takes for what, and what ‖G‖ is (<see cref="MachineMeasure"/>).
/// Nothing of the run that is forecast goes into the forecast.
/// </remarks>
internal sealed class PlanValidation(IGrainFactory grains, TimeProvider time, bool isQuick, ulong seed)
{
    // 80 000 samples are 2500 batches: no run gets to the end of its epoch, where it would stop for an evaluation.
    private const int SampleCount = 80_000;
    private const int FeatureCount = 200;
    private const int Hidden = 256;
    private const int ClassCount = 10;
    private const int Parameters = (FeatureCount * Hidden) + Hidden + (Hidden * ClassCount) + ClassCount;
    private const int Batch = 32;

    /// <summary>The settings that are compared.</summary>
    public static IReadOnlyList<(string Mode, int Workers, int Shards)> Settings { get; } =
    [
        (RunPlan.Async, 2, 1), (RunPlan.Async, 4, 2), (RunPlan.Async, 4, 8), (RunPlan.Async, 8, 8),
        (RunPlan.Ssp, 4, 4), (RunPlan.Bsp, 4, 4), (RunPlan.Bsp, 8, 2),
    ];

    private static JobPlan Plan { get; } = new()
    {
        Name = "validation",
        Data = new DataPlan
        {
            Kind = "synthetic",
            Shape = "gaussian-mixture",
            SampleCount = SampleCount,
            TestSampleCount = 100,
            FeatureCount = FeatureCount,
            ClassCount = ClassCount,
            Separation = 2,
        },
        Model = new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [Hidden] },

        // So small a rate leaves the gradients as long as they are at the beginning; times do not depend on it.
        Run = new RunPlan { Batch = Batch, Rate = new SchedulePlan(Rate: 1e-6), Consistency = new() { CutSeconds = 0, SmoothnessEvery = 0 } },
    };

    /// <summary>Compares one setting.</summary>
    /// <returns>Forecast and measurement; or null, and why not.</returns>
    public async Task<(PlanComparison? Comparison, string? Error)> CompareAsync(
        string mode, int workers, int shards, CancellationToken interrupted)
    {
        long tickets = isQuick ? 500 : 2000;
        (MachineMeasure? machine, string? error) = await MachineMeasure.TakeAsync(grains, PlanOf(mode, workers, shards), tickets, time, interrupted);
        if (machine is null)
        {
            return (null, error);
        }

        (RunMeasure? real, error) = await RunMeasure.TakeAsync(grains, PlanOf(mode, workers, shards), tickets, interrupted);
        if (real is null)
        {
            return (null, error);
        }

        PlannedJob job = new()
        {
            Workers = workers,
            Shards = shards,
            Mode = mode,
            Parameters = Parameters,
            Samples = SampleCount,
            Batch = Batch,
            GradientNorm = machine.Alone.GradientNorm,
        };
        ClusterDescription cluster = machine.Describe(mode, workers, Parameters);
        return (new PlanComparison(job, Planner.Forecast(cluster, job, seed, stepsPerWorker: 0, shardsPlayed: shards), real), null);
    }

    private JobPlan PlanOf(string mode, int workers, int shards) => Plan with
    {
        Run = Plan.Run with { Mode = mode, Workers = workers, Shards = shards, Seed = seed },
    };
}

/// <summary>A forecast and what was measured.</summary>
internal sealed record PlanComparison(PlannedJob Job, PlanForecast Forecast, RunMeasure Measured)
{
    /// <summary>Forecast ÷ measured − 1, of updates per second.</summary>
    public double RateError => Error(Forecast.UpdatesPerSecond, Measured.UpdatesPerSecond);

    /// <summary>The same of the mean delay; NaN when none was measured and none forecast.</summary>
    public double DelayError => Error(Forecast.DelayMean, Measured.DelayMean);

    /// <summary>The same of B.</summary>
    public double BoundError => Error(Forecast.BoundMetered, Measured.Bound);

    // Rounds have neither delay nor B: 0 for 0 is no error, and nothing else is small beside it.
    private static double Error(double forecast, double measured) => forecast == measured ? 0 : (forecast / measured) - 1;
}
