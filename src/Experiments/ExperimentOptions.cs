namespace OrleansSgd.Experiments;

/// <summary>How thoroughly experiments are made.</summary>
public sealed record ExperimentOptions
{
    /// <summary>Fewer seeds and shorter runs: shows that everything works, not what is true.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Seed i of a sweep is this plus i.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Seeds of every configuration.</summary>
    public int SeedCount => IsQuick ? 3 : 16;

    /// <summary>Samples of one epoch, with batches of 4.</summary>
    public int Samples => IsQuick ? 1200 : 3600;
}
