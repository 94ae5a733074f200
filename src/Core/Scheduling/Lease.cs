namespace OrleansSgd.Core.Scheduling;

/// <summary>The right to use one range of an epoch's shuffled sample order.</summary>
/// <param name="Id">Names the lease in its run; never reused.</param>
/// <param name="Epoch">Which pass over the data, from 0.</param>
/// <param name="Start">First position in the epoch's order.</param>
/// <param name="End">One past the last position.</param>
/// <param name="Round">Synchronous round the range belongs to; −1 in asynchronous modes.</param>
/// <param name="Slot">Place of the contribution in its round; 0 in asynchronous modes.</param>
/// <param name="SlotCount">Contributions of the round; 1 in asynchronous modes.</param>
public readonly record struct Lease(long Id, int Epoch, int Start, int End, long Round, int Slot, int SlotCount)
{
    /// <summary>Samples in the range.</summary>
    public int Length => End - Start;

    /// <summary>True when every shard is to be pulled anew before the gradient: what the worker has may be older than its step allows.</summary>
    public bool IsFresh { get; init; }

    /// <summary>True when the range is empty: the worker sends what its codec has kept back, and nothing else.</summary>
    public bool IsFlush => Id >= 0 && Start == End;
}

/// <summary>What a worker that asked for a lease should do.</summary>
public enum LeaseVerdict : byte
{
    /// <summary>Use the lease that comes with the verdict.</summary>
    Granted = 0,

    /// <summary>Nothing to give at the moment, but somebody may still hand a range back: ask again.</summary>
    Wait = 1,

    /// <summary>Every sample of the run is used: stop.</summary>
    Finished = 2,

    /// <summary>A newer life of this worker exists: stop.</summary>
    Fenced = 3,

    /// <summary>The worker's next life is about to begin on another silo: stop, and keep what rule and codec hold back until it is fetched.</summary>
    Leave = 4,
}
