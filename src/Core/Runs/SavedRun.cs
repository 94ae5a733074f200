using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <summary>What a coordinator has to remember of a run to go on from one ticket: everything below it counts, nothing from it on does.</summary>
/// <remarks>
/// Plain values, so that a host can write it as it likes. Not in it: parameters (the shards have them), the ledger (the host logs it), and whatever
/// begins anew with new lives, such as step gates and what workers hold back.
/// </remarks>
public sealed record SavedRun
{
    /// <summary>
    /// Lives of one member that one claim of a job can begin: 2¹⁸. A coordinator numbers the lives it begins from here times its generation less
    /// one, so that they are above every life of the coordinators before it, also of those it never heard of.
    /// </summary>
    public const int LivesPerGeneration = 1 << 18;

    /// <summary>Most claims of a job, so that every life has a number: 8191.</summary>
    public const int GenerationsMax = int.MaxValue / LivesPerGeneration;

    /// <summary>The first ticket that does not count.</summary>
    public long Ticket { get; init; }

    /// <summary>Which samples are used and which are to be leased; null before the first lease.</summary>
    public LeaseTableState? Leases { get; init; }

    /// <summary>What the run had done.</summary>
    public RunTotals Totals { get; init; } = new();

    /// <summary>Changes of the roster so far.</summary>
    public int RosterGeneration { get; init; }

    /// <summary>Epochs whose evaluation was asked for.</summary>
    public int EpochsEvaluated { get; init; }

    /// <summary>Rounds that every shard has; 0 where shards keep none.</summary>
    public long Rounds { get; init; }

    /// <summary>[shards]; the newest life of each.</summary>
    public int[] ShardLives { get => field ?? []; init; }

    /// <summary>[workers]; the newest life of each.</summary>
    public int[] WorkerLives { get => field ?? []; init; }

    /// <summary>[workers]; true when that life may hold something back that is gone with it.</summary>
    public bool[] WorkersBegun { get => field ?? []; init; }

    /// <summary>What the ledger was not told yet, and was so at this ticket: what became of the newest rounds.</summary>
    public LedgerFact[] Facts { get => field ?? []; init; }

    /// <summary>A run that has not begun.</summary>
    public static SavedRun Nothing { get; } = new();

    /// <summary>The number below the first life that a claim begins.</summary>
    /// <param name="generation">The claim's; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The job has been claimed too often.</exception>
    public static int LivesBefore(long generation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        return generation <= GenerationsMax
            ? (int)(generation - 1) * LivesPerGeneration
            : throw new ArgumentOutOfRangeException(
                nameof(generation), generation, $"A job can be taken over {GenerationsMax - 1} times; submit it again to go on.");
    }
}
