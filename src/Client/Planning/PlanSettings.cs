using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>One option of a plan.</summary>
/// <param name="Key">As mistakes name it; the option is the same with hyphens.</param>
/// <param name="HelpName">What stands for its value.</param>
/// <param name="What">For the help.</param>
/// <param name="Set">Puts a number into the draft.</param>
/// <param name="IsWhole">Whether the number must be a whole one.</param>
internal sealed record PlanSetting(string Key, string HelpName, string What, Action<PlanDraft, double> Set, bool IsWhole = false)
{
    /// <summary><c>--gradient-seconds</c> of gradientSeconds.</summary>
    public string Option { get; } = OptionOf(Key);

    /// <summary>The option of a key.</summary>
    public static string OptionOf(string key) =>
        "--" + string.Concat(key.Select(letter => char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));

    /// <summary>Puts a text into the draft, or notes that it is no such number.</summary>
    public void Read(PlanDraft draft, string text)
    {
        if (PlanDraft.TryNumber(text, IsWhole, Key == PlanSettings.Churn, out double number))
        {
            Set(draft, number);
        }
        else
        {
            draft.Mistakes.Add(Key == PlanSettings.Churn
                ? $"{Option} is '{text}'; use deaths per silo and time, such as 0.5/h, 2/min or 1/day."
                : $"{Option} is '{text}'; use a {(IsWhole ? "whole " : "")}number, such as {(IsWhole ? "1000 or 1e3" : "0.5 or 5e-4")}.");
        }
    }
}

/// <summary>Every option of a plan, in the order of the help.</summary>
internal static class PlanSettings
{
    /// <summary>The one that may carry a unit of time.</summary>
    public const string Churn = "churn";

    private static readonly ClusterDescription Cluster = new();
    private static readonly PlannedJob Job = new();

    /// <summary>The options.</summary>
    public static IReadOnlyList<PlanSetting> All { get; } =
    [
        Whole("workers", $"Workers to plan for, 1 to 10000. Asks for a forecast.", (job, n) => job with { Workers = n }),
        Whole("shards", $"Shards. Default {Job.Shards}.", (job, n) => job with { Shards = n }),
        OfCluster("silos", "N", "Silos. Default: as few as have a thread for each worker.", (draft, n) => draft.Silos = Narrow(n), isWhole: true),
        OfCluster(
            "threads", "N", Text($"Compute threads of a silo. Default {Cluster.ThreadsPerSilo}."),
            (draft, n) => draft.Cluster = draft.Cluster with { ThreadsPerSilo = Narrow(n) }, isWhole: true),
        Seconds("gradientSeconds", Cluster.GradientSeconds, "Mean of one gradient on one thread.", (c, x) => c with { GradientSeconds = x }),
        Number("gradientSpread", Cluster.GradientSpread, "Its standard deviation as a share of the mean, 0 to 1.", (c, x) => c with { GradientSpread = x }),
        Seconds("encodeSeconds", Cluster.EncodeSeconds, "Of the worker's thread for all else of a step.", (c, x) => c with { EncodeSeconds = x }),
        Seconds("wakeSeconds", Cluster.WakeSeconds, "Until a worker that waited goes on.", (c, x) => c with { WakeSeconds = x }),
        Seconds("latencySeconds", Cluster.LatencySeconds, "Shortest way of a message.", (c, x) => c with { LatencySeconds = x }),
        Seconds("latencySpreadSeconds", Cluster.LatencySpreadSeconds, "Mean of what comes on top of it.", (c, x) => c with { LatencySpreadSeconds = x }),
        Number(
            "bandwidth", Cluster.BandwidthBytesPerSecond, "Bytes per second of a silo's network card, each way.",
            (c, x) => c with { BandwidthBytesPerSecond = x }),
        Seconds("shardSeconds", Cluster.ShardSeconds, "Of a shard for one push.", (c, x) => c with { ShardSeconds = x }),
        Seconds(
            "shardSecondsPerMegabyte", Cluster.ShardSecondsPerMegabyte, "Of a shard for a megabyte of frames.",
            (c, x) => c with { ShardSecondsPerMegabyte = x }),
        Seconds("coordinatorSeconds", Cluster.CoordinatorSeconds, "Of the coordinator for one question.", (c, x) => c with { CoordinatorSeconds = x }),
        OfCluster(
            Churn, "N/h", "Deaths of silos per silo and hour, such as 0.5/h. Default none.",
            (draft, x) => draft.Cluster = draft.Cluster with { ChurnPerSiloHour = x }),
        Seconds("detectionSeconds", Cluster.DetectionSeconds, "Until a death is noticed.", (c, x) => c with { DetectionSeconds = x }),
        Seconds("restartSeconds", Cluster.RestartSeconds, "From a death until another silo takes its place.", (c, x) => c with { RestartSeconds = x }),
        Seconds("checkpointSeconds", Cluster.CheckpointSeconds, "Between two checkpoints; 0 for none.", (c, x) => c with { CheckpointSeconds = x }),
        Number("store", Cluster.StoreBytesPerSecond, "Bytes per second of the store.", (c, x) => c with { StoreBytesPerSecond = x }),
        new("parameters", "N", Text($"d. Default {Job.Parameters}."), (draft, n) => draft.Job = draft.Job with { Parameters = (long)n }, true),
        new("samples", "N", Text($"Samples of one epoch. Default {Job.Samples}."), (draft, n) => draft.Job = draft.Job with { Samples = (long)n }, true),
        Whole("batch", $"Samples of a mini-batch. Default {Job.Batch}.", (job, n) => job with { Batch = n }),
        Whole("epochs", $"Passes over the data. Default {Job.Epochs}.", (job, n) => job with { Epochs = n }),
        Whole("stepsAheadMax", $"s of ssp. Default {Job.StepsAheadMax}.", (job, n) => job with { StepsAheadMax = n }),
        OfJob("fraction", "Share of the coordinates in an update. Default 1.", (job, x) => job with { PushFraction = x }),
        OfJob("rate", Text($"Learning rate. Default {Job.Rate}."), (job, x) => job with { Rate = x }),
        OfJob("gradientNorm", "Root mean square norm of a batch's gradient; B is not forecast without it.", (job, x) => job with { GradientNorm = x }),
        OfJob("noise", "Standard deviation of a batch's gradient.", (job, x) => job with { Noise = x }),
        Target("gradientTarget", "Asks when the certificate is this small; needs --loss-fall and --smoothness.", (draft, x) => draft.GradientTarget = x),
        Target("lossFall", "What the loss can fall by.", (draft, x) => draft.LossFall = x),
        Target("smoothness", "L of the loss.", (draft, x) => draft.Smoothness = x),
        Target("lossTarget", "Asks when a loss curve is this low; needs --loss-start and --curve-samples.", (draft, x) => draft.LossTarget = x),
        Target("lossStart", "Loss at the beginning.", (draft, x) => draft.LossStart = x),
        Target("lossFloor", "What the curve falls towards. Default 0.", (draft, x) => draft.LossFloor = x),
        Target("curveSamples", "n of floor + (start - floor) / (1 + samples / n)^power.", (draft, x) => draft.CurveSamples = x),
        Target("curvePower", "Its power. Default 1.", (draft, x) => draft.CurvePower = x),
    ];

    private static PlanSetting Whole(string key, FormattableString what, Func<PlannedJob, int, PlannedJob> set) =>
        new(key, "N", Text(what), (draft, n) => draft.Job = set(draft.Job, Narrow(n)), true);

    private static PlanSetting OfJob(string key, string what, Func<PlannedJob, double, PlannedJob> set) =>
        new(key, "X", what, (draft, x) => draft.Job = set(draft.Job, x));

    private static PlanSetting Target(string key, string what, Action<PlanDraft, double> set) => new(key, "X", what, set);

    private static PlanSetting OfCluster(string key, string helpName, string what, Action<PlanDraft, double> set, bool isWhole = false) =>
        new(key, helpName, what, set, isWhole);

    private static PlanSetting Seconds(string key, double normal, string what, Func<ClusterDescription, double, ClusterDescription> set) =>
        Number(key, normal, $"Seconds. {what}", set);

    private static PlanSetting Number(string key, double normal, string what, Func<ClusterDescription, double, ClusterDescription> set) =>
        new(key, "X", Text($"{what} Default {normal}."), (draft, x) => draft.Cluster = set(draft.Cluster, x));

    // Out of range either way; the description's own check says of what.
    private static int Narrow(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
