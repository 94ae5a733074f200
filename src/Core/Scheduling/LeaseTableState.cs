namespace OrleansSgd.Core.Scheduling;

/// <summary>A lease table at a moment at which nobody computes. Plain values, for a checkpoint.</summary>
/// <remarks>What was held is in <see cref="Returned"/>, from its first unused position on: whoever asks first gets it.</remarks>
public sealed record LeaseTableState
{
    /// <summary>Samples of an epoch.</summary>
    public required int Samples { get; init; }

    /// <summary>Passes over them.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples of one step.</summary>
    public required int Batch { get; init; }

    /// <summary>Most samples of a lease.</summary>
    public required int LeaseLength { get; init; }

    /// <summary>Slots of a round; 0 in asynchronous runs.</summary>
    public required int Slots { get; init; }

    /// <summary>Flushes after the last sample; 0 for none.</summary>
    public required int Flushes { get; init; }

    /// <summary>Part of a round that must be committed before the next opens.</summary>
    public required double Quorum { get; init; }

    /// <summary>Whether rounds overlap.</summary>
    public required bool IsOverlapping { get; init; }

    /// <summary>The next lease's name.</summary>
    public required long NextId { get; init; }

    /// <summary>The epoch that the next new range is of.</summary>
    public required int Epoch { get; init; }

    /// <summary>Where the next new range begins.</summary>
    public required int Position { get; init; }

    /// <summary>The newest round; −1 before the first.</summary>
    public required long Round { get; init; }

    /// <summary>Its epoch.</summary>
    public required int RoundEpoch { get; init; }

    /// <summary>Its first position.</summary>
    public required int RoundStart { get; init; }

    /// <summary>Its slots.</summary>
    public required int SlotCount { get; init; }

    /// <summary>Its slots that are not committed.</summary>
    public required int SlotsOpen { get; init; }

    /// <summary>Slots of the round before that are not committed.</summary>
    public required int SlotsOpenBefore { get; init; }

    /// <summary>Flushes that are committed.</summary>
    public required int FlushesUsed { get; init; }

    /// <summary>Epochs of which every sample is committed.</summary>
    public required int EpochsClosed { get; init; }

    /// <summary>Samples committed in all epochs.</summary>
    public required long SamplesUsed { get; init; }

    /// <summary>[slots], which of the newest round were ever given.</summary>
    public required bool[] IsGiven { get; init; }

    /// <summary>[workers], who has its flush, where there are no rounds.</summary>
    public required bool[] IsFlushGiven { get; init; }

    /// <summary>[epochs], samples committed.</summary>
    public required long[] Used { get; init; }

    /// <summary>Ranges that wait for somebody, the next to be given first.</summary>
    public required Lease[] Returned { get; init; }

    /// <summary>Committed slots of the two newest rounds.</summary>
    public required Lease[] Committed { get; init; }

    /// <summary>How often each sample was used so far, of epochs of which not every sample was simply used once.</summary>
    public required EpochSpans[] Account { get; init; }
}
