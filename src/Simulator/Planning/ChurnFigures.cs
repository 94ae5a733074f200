namespace OrleansSgd.Simulator.Planning;

/// <summary>What churn does to a job.</summary>
internal sealed class ChurnFigures
{
    /// <summary>Of the whole job; ∞ when it gets nowhere.</summary>
    public double Seconds { get; set; }

    public long SiloDeaths { get; set; }

    /// <summary>Of those, the ones that took the coordinator.</summary>
    public long CoordinatorLosses { get; set; }

    /// <summary>Seconds in which no update was made.</summary>
    public double OutageSeconds { get; set; }

    public double SamplesRedone { get; set; }

    public double UpdatesReplayed { get; set; }

    /// <summary>Slices and updates that went to new lives of shards, or came from the store.</summary>
    public double BytesRecovered { get; set; }

    /// <summary>Checkpoints that were finished; only counted where silos die.</summary>
    public long Checkpoints { get; set; }

    public long Events { get; set; }

    public long Comparisons { get; set; }
}
