using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Runs;

/// <summary>One update that was pushed for a slot of a round; a slot that is computed again has several.</summary>
internal sealed class RoundClaim(OpenTicket open, int worker, int incarnation)
{
    private FenceReport[] _reports = [];
    private FenceReport[] _heard = [];
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

    /// <summary>True once it is settled what becomes of the slot of an update that the ledger has no row of.</summary>
    public bool IsResolved { get; set; }

    /// <summary>Every shard has answered, but one that came back meanwhile is going to be asked again.</summary>
    public void Hear(ReadOnlySpan<FenceReport> reports)
    {
        if (_heard.Length == 0)
        {
            _heard = reports.ToArray();
            return;
        }

        for (int shard = 0; shard < _heard.Length; shard++)
        {
            _heard[shard] = _heard[shard].HadApplied ? reports[shard] : _heard[shard];
        }
    }

    /// <summary>Every shard has answered, for the last time: it has the update if it said so each time.</summary>
    public void Report(ReadOnlySpan<FenceReport> reports)
    {
        Hear(reports);
        (_reports, _heard) = (_heard, []);
    }

    /// <summary>
    /// A new life of a shard comes up without an update that a keeper may have: what the shards said does not count until they have been asked again.
    /// </summary>
    /// <returns>False when it is decided that this shard has it not.</returns>
    public bool TryAskAgain(int shard, int shardCount)
    {
        if (IsHad(shard) == false)
        {
            return false;
        }

        Offer(shard, shardCount);
        if (_decided.Length > 0)
        {
            _decided[shard] = null; // an earlier life had it in what it started from; this one starts from less
        }

        if (IsReported)
        {
            (_heard, _reports) = (_reports, []);
        }

        return true;
    }

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
