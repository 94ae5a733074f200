using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Runs;

/// <summary>One update that was pushed for a slot of a round; a slot that is computed again has several.</summary>
internal sealed class RoundClaim(OpenTicket open, int worker, int incarnation)
{
    private FenceReport[] _reports = [];
    private bool?[] _decided = [];
    private bool[] _isOffered = [];

    /// <summary>The ticket and what is known of its update.</summary>
    public OpenTicket Open => open;

    /// <summary>Who pushed it.</summary>
    public int Worker => worker;

    /// <summary>The life of who pushed it.</summary>
    public int Incarnation => incarnation;

    /// <summary>The round.</summary>
    public long Round => open.Lease.Round;

    /// <summary>The slot.</summary>
    public int Slot => open.Lease.Slot;

    /// <summary>True while its worker lives: it offers the update to every life of a shard that lacks it.</summary>
    public bool IsRetained { get; set; } = true;

    /// <summary>True when its worker told the ledger of it.</summary>
    public bool HasRow { get; init; } = true;

    /// <summary>True once the ledger was told what became of it.</summary>
    public bool IsFinal { get; set; }

    /// <summary>True once every shard has said whether it has the update of a worker that is gone.</summary>
    public bool IsReported => _reports.Length > 0;

    /// <summary>Per shard, what it said; empty before.</summary>
    public ReadOnlySpan<FenceReport> Reports => _reports;

    /// <summary>Every shard has answered.</summary>
    public void Report(ReadOnlySpan<FenceReport> reports) => _reports = reports.ToArray();

    /// <summary>A new life of a shard has the update, or never will, whatever the one before said.</summary>
    public void Decide(int shard, int shardCount, bool isHad)
    {
        Array.Resize(ref _decided, shardCount);
        _decided[shard] = isHad;
    }

    /// <summary>A shard died that may have had it; its next life is offered it again, as long as the worker lives.</summary>
    public void Offer(int shard, int shardCount)
    {
        Array.Resize(ref _isOffered, shardCount);
        _isOffered[shard] = true;
    }

    /// <summary>True when the worker died before a shard that had to be offered it again had taken it.</summary>
    public bool IsLostIn(int shard) => _isOffered.Length > 0 && _isOffered[shard] && IsHad(shard) == false;

    /// <summary>Whether the shard has it, for good; null while nobody knows.</summary>
    public bool? IsHad(int shard) =>
        _decided.Length > 0 && _decided[shard] is { } decided ? decided
        : IsReported ? _reports[shard].HadApplied
        : null;

    /// <summary>True when some shard may have completed its round with it.</summary>
    public bool IsHadSomewhere(int shardCount)
    {
        for (int shard = 0; shard < shardCount; shard++)
        {
            if (IsHad(shard) == true)
            {
                return true;
            }
        }

        return false;
    }
}
