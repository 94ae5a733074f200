namespace OrleansSgd.Core.Runs;

/// <summary>What a run has done so far, in numbers that only grow.</summary>
public sealed record RunTotals
{
    /// <summary>Tickets given out.</summary>
    public long Tickets { get; init; }

    /// <summary>Samples whose update is in the model, repeated ones counted each time.</summary>
    public long SamplesUsed { get; init; }

    /// <summary>Samples that were used again because what became of their first update was not known.</summary>
    public long SamplesRepeated { get; init; }

    /// <summary>Updates that some shard had applied and that no shard life has now.</summary>
    public long UpdatesLost { get; init; }

    /// <summary>Updates that only some shards applied because their worker died while pushing.</summary>
    public long UpdatesPartial { get; init; }

    /// <summary>Tickets whose worker died before any shard applied them; their samples were leased again.</summary>
    public long TicketsVoid { get; init; }

    /// <summary>Lives of workers that ended before the run did.</summary>
    public int WorkersLost { get; init; }

    /// <summary>Lives of shards that ended before the run did.</summary>
    public int ShardsLost { get; init; }

    /// <summary>Epochs all of whose samples are committed.</summary>
    public int EpochsClosed { get; init; }
}
