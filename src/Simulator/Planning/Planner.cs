using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Planning;

/// <summary>Forecasts what a job would do on a described cluster. docs/planning.md has the model and how far it was off.</summary>
/// <remarks>
/// Two simulations in virtual time: a short one of every step of every worker, undisturbed, and one of the whole job from one death to the next, at the
/// rates that the first found. Equal arguments give equal forecasts.
/// </remarks>
public static class Planner
{
    /// <summary>Shards that are played one by one when nobody says.</summary>
    public const int ShardsPlayedDefault = 4;

    // Enough updates for the mean of a small grid, and a few rounds of a large one.
    private const int UpdatesWanted = 20_000;
    private const int StepsMin = 20;
    private const int StepsMax = 2_000;

    /// <summary>Forecasts.</summary>
    /// <param name="seed">Everything drawn follows from it.</param>
    /// <param name="stepsPerWorker">Updates a worker makes in the first simulation, 5 or more; 0 for as many as the size asks for.</param>
    /// <param name="shardsPlayed">Shards that are played one by one; 1 or more.</param>
    /// <exception cref="ArgumentException">The description has mistakes; the message has them all.</exception>
    public static PlanForecast Forecast(
        ClusterDescription cluster, PlannedJob job, ulong seed, int stepsPerWorker = 0, int shardsPlayed = ShardsPlayedDefault)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardsPlayed, 1);
        if (stepsPerWorker != 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerWorker, 5);
        }

        string[] mistakes = [.. cluster.Mistakes(), .. job.Mistakes()];
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(job));
        }

        int steps = stepsPerWorker > 0 ? stepsPerWorker : Math.Clamp(UpdatesWanted / job.Workers, StepsMin, StepsMax);
        StepFigures played = new StepSimulation(cluster, job, seed, shardsPlayed, steps).Run();
        ChurnFigures churn = new ChurnSimulation(cluster, job, played, job.SamplesTotal, seed).Run();
        return Forecast(cluster, job, played, churn, seed) with { Notes = [.. Notes(cluster, job, shardsPlayed)] };
    }

    private static PlanForecast Forecast(ClusterDescription cluster, PlannedJob job, StepFigures steps, ChurnFigures churn, ulong seed)
    {
        double metered = job.GradientNorm * Math.Sqrt(steps.MissingSquareMean);
        double expected = Expected(job, steps);
        double updates = (job.SamplesTotal + churn.SamplesRedone) / job.Batch;
        double perUpdate = updates / steps.UpdatesPerSecond;
        double checkpoints = cluster.CheckpointSeconds > 0 ? Math.Floor(churn.Seconds / cluster.CheckpointSeconds) : 0;
        (string bottleneck, double share) = Bottleneck(steps);
        return new PlanForecast
        {
            UpdatesPerSecond = steps.UpdatesPerSecond,
            SamplesPerSecond = steps.UpdatesPerSecond * job.Batch,
            DelayMean = steps.Delays.Mean,
            DelayMedian = steps.Delays.Quantile(0.5),
            Delay90 = steps.Delays.Quantile(0.9),
            Delay99 = steps.Delays.Quantile(0.99),
            DelayMax = steps.Delays.Quantile(1),
            MissingMean = steps.MissingMean,
            BoundMetered = metered,
            BoundExpected = expected,
            BytesPushedPerSecond = steps.BytesPushedPerSecond,
            BytesPulledPerSecond = steps.BytesPulledPerSecond,
            BytesLedgerPerSecond = steps.BytesToldPerSecond,
            BytesPushed = steps.BytesPushedPerSecond * perUpdate,
            BytesPulled = steps.BytesPulledPerSecond * perUpdate,
            BytesKept = cluster.Silos > 1 ? steps.BytesPushedPerSecond * perUpdate : 0,
            BytesLedger = steps.BytesToldPerSecond * perUpdate,
            SecondsUndisturbed = job.SamplesTotal / (steps.UpdatesPerSecond * job.Batch),
            Seconds = churn.Seconds,
            SiloDeaths = churn.SiloDeaths,
            CoordinatorLosses = churn.CoordinatorLosses,
            OutageSeconds = churn.OutageSeconds,
            SamplesRedone = churn.SamplesRedone,
            UpdatesReplayed = churn.UpdatesReplayed,
            BytesRecovered = churn.BytesRecovered,
            Checkpoints = checkpoints,
            BytesPerCheckpoint = (double)job.Parameters * sizeof(float),
            BytesStored = (checkpoints * job.Parameters * sizeof(float)) + (checkpoints > 0 ? steps.BytesToldPerSecond * perUpdate : 0),
            Bottleneck = bottleneck,
            BottleneckShare = share,
            Notes = [],
            Events = steps.Events + churn.Events,
            Comparisons = steps.Comparisons + churn.Comparisons,
            TargetLaw = job.Target?.Law,
            TargetSamples = job.Target?.SamplesOf(job, double.IsNaN(expected) ? metered : expected) ?? double.NaN,
        }.Reaching(cluster, job, steps, seed);
    }

    // The target's moment is that of a job of so many samples, under the same churn.
    private static PlanForecast Reaching(this PlanForecast forecast, ClusterDescription cluster, PlannedJob job, StepFigures steps, ulong seed) =>
        double.IsFinite(forecast.TargetSamples)
            ? forecast with { TargetSeconds = new ChurnSimulation(cluster, job, steps, forecast.TargetSamples, seed).Run().Seconds }
            : forecast with { TargetSeconds = forecast.TargetSamples };

    // E D = α²(m·σ² + m²·‖∇f‖²) for m missing gradients whose noises are independent, with ‖G‖² = σ² + ‖∇f‖².
    private static double Expected(PlannedJob job, StepFigures steps)
    {
        double noise = job.Noise * job.Noise;
        double gradient = (job.GradientNorm * job.GradientNorm) - noise;
        return Math.Sqrt((steps.MissingMean * noise) + (steps.MissingSquareMean * gradient));
    }

    private static (string Name, double Share) Bottleneck(StepFigures steps)
    {
        (string Name, double Share)[] parts =
        [
            ("compute threads", steps.ThreadShare), ("shards", steps.ShardShare),
            ("network", steps.CardShare), ("coordinator", steps.CoordinatorShare),
        ];
        return parts.MaxBy(part => part.Share);
    }

    private static IEnumerable<string> Notes(ClusterDescription cluster, PlannedJob job, int shardsPlayed)
    {
        if (job.Shards > shardsPlayed)
        {
            yield return $"{shardsPlayed} of {job.Shards} shards are played; the largest delay is over those.";
        }

        if (job.Mode == RunPlan.Bsp && job.PushFraction >= 1)
        {
            yield return "In dense rounds no view lacks anything, so B is 0.";
        }

        if (job.PushFraction < 1)
        {
            yield return "What codecs hold back is not in B; docs/theory.md, rows 5 and 10, bounds it.";
        }

        if (cluster.ChurnPerSiloHour > 0 && cluster.CheckpointSeconds == 0)
        {
            yield return "Without checkpoints the loss of the coordinator's silo costs all work so far.";
        }

        if (cluster.ChurnPerSiloHour > 0 && cluster.Silos == 1)
        {
            yield return "The only silo is never killed.";
        }
    }
}
