using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>What the ledger has said of one ticket so far.</summary>
internal sealed class TicketEntry(long ticket, int shards)
{
    private readonly SliceFate[] _fates = new SliceFate[shards];
    private int[]? _lostIn;

    public long Ticket { get; } = ticket;

    /// <summary>Null until its row came, and for good when the ticket is void.</summary>
    public LedgerRow? Row { get; set; }

    /// <summary>What a settle event said, per shard; null when there was none.</summary>
    public bool[]? Settlement { get; set; }

    /// <summary>True when an event said that no shard has it.</summary>
    public bool IsDeclaredVoid { get; set; }

    public bool IsFinalised { get; set; }

    /// <summary>The part of D that is missing and extra updates; NaN until it was measured.</summary>
    public double StaleSquared { get; set; } = double.NaN;

    /// <summary>An exact value of the same; NaN when there was no audit.</summary>
    public double AuditedSquared { get; set; } = double.NaN;

    /// <summary>Σ of what workers held back before the round that begins here; null until a row of it had its turn.</summary>
    public double? HeldBefore { get; set; }

    /// <summary>The ticket whose view was last found to lack this one, so that each is counted once.</summary>
    public long LackedBy { get; set; } = -1;

    /// <summary>What became of the slices.</summary>
    public Span<SliceFate> Fates => _fates;

    /// <summary>True when no shard has it.</summary>
    public bool IsVoid
    {
        get
        {
            foreach (SliceFate fate in _fates)
            {
                if (fate is SliceFate.Pending or SliceFate.Applied)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>True when it can be finalised.</summary>
    public bool IsSettled => (Row is not null || IsDeclaredVoid) && !_fates.AsSpan().Contains(SliceFate.Pending);

    /// <summary>A restore lost the slice.</summary>
    /// <param name="incarnation">The life that began without it.</param>
    public void Lose(int shard, int incarnation)
    {
        (_lostIn ??= new int[_fates.Length])[shard] = incarnation;
        _fates[shard] = SliceFate.Lost;
    }

    /// <summary>What the slice was to a life of its shard: to a life before the loss it was applied.</summary>
    public bool IsAppliedIn(int shard, int incarnation) => _fates[shard] switch
    {
        SliceFate.Applied => true,
        SliceFate.Lost => incarnation < _lostIn![shard] && Row?.Slices[shard].Fate != SliceFate.Void,
        _ => false,
    };
}
