using System.Globalization;

namespace OrleansSgd.Simulator.Planning;

/// <summary>A cluster as a plan sees it: how long things take, how much goes through, and how often silos die. Equal silos, equal ways.</summary>
public sealed record ClusterDescription
{
    /// <summary>Silos; workers and shards are spread evenly over them. 1 to 10 000.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Threads of a silo that compute gradients; as many shards of it work at a time. 1 to 1024.</summary>
    public int ThreadsPerSilo { get; init; } = 16;

    /// <summary>Mean seconds of one gradient on one thread; above 0.</summary>
    public double GradientSeconds { get; init; } = 0.02;

    /// <summary>Standard deviation of that, as a share of the mean; 0 to 1.</summary>
    /// <remarks>A gradient takes (1 − spread) of the mean and an exponential rest, so none is faster than that.</remarks>
    public double GradientSpread { get; init; } = 0.1;

    /// <summary>Seconds of a worker's thread for all else of a step, such as to encode the update; 0 or more.</summary>
    public double EncodeSeconds { get; init; } = 0.0001;

    /// <summary>Whether a worker keeps its thread until every shard has answered, one after the other: so it is within one process.</summary>
    public bool HoldsThreads { get; init; }

    /// <summary>Seconds until a worker that waited, for a thread or for others, goes on; 0 or more.</summary>
    public double WakeSeconds { get; init; } = 0.00002;

    /// <summary>Shortest way of a message, in seconds; 0 or more.</summary>
    public double LatencySeconds { get; init; } = 0.0002;

    /// <summary>Mean of what comes on top of it, exponential; 0 or more.</summary>
    public double LatencySpreadSeconds { get; init; } = 0.0001;

    /// <summary>Bytes per second of one silo's network card, each way; above 0, ∞ for no limit.</summary>
    public double BandwidthBytesPerSecond { get; init; } = 1.25e9;

    /// <summary>Seconds of a shard for a push and its answer, whatever their sizes; 0 or more.</summary>
    public double ShardSeconds { get; init; } = 0.00001;

    /// <summary>Seconds of a shard for each megabyte (10⁶) of frames that it reads and writes; 0 or more.</summary>
    public double ShardSecondsPerMegabyte { get; init; } = 0.0005;

    /// <summary>Seconds of the coordinator for one question; 0 or more.</summary>
    public double CoordinatorSeconds { get; init; } = 0.00001;

    /// <summary>Deaths of silos per silo and hour; 0 or more.</summary>
    public double ChurnPerSiloHour { get; init; }

    /// <summary>Seconds until a death is noticed; 0 or more.</summary>
    public double DetectionSeconds { get; init; } = 3;

    /// <summary>Seconds from a silo's death until another takes its place; 0 or more.</summary>
    public double RestartSeconds { get; init; } = 30;

    /// <summary>Seconds between two checkpoints; 0 for none.</summary>
    public double CheckpointSeconds { get; init; } = 60;

    /// <summary>Bytes per second of the store, for all silos together; above 0, ∞ for no limit.</summary>
    public double StoreBytesPerSecond { get; init; } = 5e8;

    /// <summary>Everything wrong with the description, each with its key, its value and the range.</summary>
    public IEnumerable<string> Mistakes()
    {
        foreach ((string key, long value, long max) in ((string, long, long)[])[("silos", Silos, 10_000), ("threads", ThreadsPerSilo, 1024)])
        {
            if (value < 1 || value > max)
            {
                yield return $"{key} is {value}; use 1 to {max}.";
            }
        }

        foreach ((string key, double value) in ((string, double)[])
            [
                ("encodeSeconds", EncodeSeconds), ("wakeSeconds", WakeSeconds), ("latencySeconds", LatencySeconds), ("latencySpreadSeconds", LatencySpreadSeconds),
                ("shardSeconds", ShardSeconds), ("shardSecondsPerMegabyte", ShardSecondsPerMegabyte),
                ("coordinatorSeconds", CoordinatorSeconds), ("churn", ChurnPerSiloHour), ("detectionSeconds", DetectionSeconds),
                ("restartSeconds", RestartSeconds), ("checkpointSeconds", CheckpointSeconds),
            ])
        {
            if (!(double.IsFinite(value) && value >= 0))
            {
                yield return $"{key} is {Text(value)}; use a finite number, 0 or more.";
            }
        }

        if (!(double.IsFinite(GradientSeconds) && GradientSeconds > 0))
        {
            yield return $"gradientSeconds is {Text(GradientSeconds)}; use a finite number above 0.";
        }

        if (!(GradientSpread >= 0 && GradientSpread <= 1))
        {
            yield return $"gradientSpread is {Text(GradientSpread)}; use 0 to 1.";
        }

        foreach ((string key, double value) in ((string, double)[])[("bandwidth", BandwidthBytesPerSecond), ("store", StoreBytesPerSecond)])
        {
            if (!(value > 0))
            {
                yield return $"{key} is {Text(value)} bytes per second; use a number above 0.";
            }
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
