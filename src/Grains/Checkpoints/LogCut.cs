using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>A stretch of a run's log that a resumption went back over: of it only what is about tickets below the checkpoint's still holds.</summary>
/// <param name="Start">Where the log was when the run was held at the ticket.</param>
/// <param name="End">Where it was when the checkpoint was published.</param>
/// <param name="Ticket">The first ticket that does not count.</param>
/// <param name="Told">Tickets below it of which the checkpoint itself says what became: the newest rounds.</param>
/// <remarks>
/// Rows of tickets below come with their workers' next questions, and losses take time to measure; both arrive after the hold. What else happened after
/// it, such as new lives, happened to a run that is not gone on with.
/// </remarks>
internal sealed record LogCut(long Start, long End, long Ticket, long[] Told)
{
    /// <summary>Whether an entry still holds.</summary>
    /// <param name="cuts">All resumptions so far.</param>
    public static bool Holds(IReadOnlyList<LogCut> cuts, in LedgerEntry entry)
    {
        foreach (LogCut cut in cuts)
        {
            if (entry.Offset >= cut.Start && entry.Offset < cut.End && !cut.Holds(entry))
            {
                return false;
            }
        }

        return true;
    }

    private bool Holds(in LedgerEntry entry) => entry.Kind switch
    {
        LedgerEntryKind.Row => entry.Ticket < Ticket && !Told.Contains(entry.Ticket),
        LedgerEntryKind.Audit => entry.Ticket < Ticket,
        LedgerEntryKind.Cut or LedgerEntryKind.Expect => entry.Ticket <= Ticket,
        LedgerEntryKind.Settle => entry.Ticket < Ticket && !Told.Contains(entry.Ticket),
        _ => entry.Ticket >= 0 && entry.Ticket < Ticket && !Told.Contains(entry.Ticket)
            && LedgerEntries.Fact(entry).Kind is LedgerFactKind.Void or LedgerFactKind.Orphan,
    };
}
