using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Grains.Checkpoints;

namespace OrleansSgd.Grains.Jobs;

/// <content>What a checkpoint keeps of the ledger: everything it was told, which a resumed run tells again.</content>
internal sealed partial class RunLedger
{
    private readonly TicketSet _told = new();
    private LedgerLog? _log;

    /// <summary>True once the loss at the beginning of the run is told.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Keeps what is told from now on for the next checkpoint.</summary>
    /// <param name="log">Empty; goes on where a resumed run's log ends.</param>
    public void Log(LedgerLog log) => _log = log;

    /// <summary>Tells again what a run had told when it was saved: afterwards monitor and trace are as they were then.</summary>
    /// <param name="pieces">Its log, in order.</param>
    /// <param name="cuts">Stretches of it that only partly hold.</param>
    /// <exception cref="InvalidDataException">The log is damaged or of another build.</exception>
    public void Replay(IReadOnlyList<LedgerPiece> pieces, IReadOnlyList<LogCut> cuts)
    {
        foreach (LedgerPiece piece in pieces)
        {
            ReadOnlySpan<byte> left = piece.Bytes.Span;
            long offset = piece.Start;
            while (LedgerLog.TryTake(ref left, ref offset, out LedgerEntry entry))
            {
                if (LogCut.Holds(cuts, entry))
                {
                    Replay(entry);
                }
            }
        }
    }

    /// <summary>The trace says that everything from this ticket on was done by a run that nobody goes on with.</summary>
    /// <param name="livesBefore">Lives of shards up to this number are over.</param>
    public void Resumed(long ticket, int livesBefore) => _trace.Resume(ticket, livesBefore);

    /// <summary>Whether every ticket below one has told of itself: rows come with their workers' next questions.</summary>
    /// <param name="untold">What is going to be told of the newest rounds.</param>
    public bool IsToldBelow(long ticket, IReadOnlyList<LedgerFact> untold)
    {
        HashSet<long>? others = null;
        for (long one = _told.Watermark; one < ticket; one++)
        {
            if (!_told.Contains(one) && !(others ??= [.. untold.Where(fact => fact.Kind != LedgerFactKind.Settle).Select(fact => fact.Ticket)]).Contains(one))
            {
                return false;
            }
        }

        return true;
    }

    private void Replay(in LedgerEntry entry)
    {
        switch (entry.Kind)
        {
            case LedgerEntryKind.Row:
                LedgerFrame.Read(entry.Payload, _record);
                Take(isRebuilt: false);
                break;
            case LedgerEntryKind.Settle or LedgerEntryKind.Fact:
                Take(LedgerEntries.Fact(entry));
                break;
            case LedgerEntryKind.Expect:
                _monitor.Expect(entry.Ticket);
                break;
            case LedgerEntryKind.Cut:
                Take(LedgerEntries.Cut(entry));
                break;
            default:
                TakeAudit(entry.Ticket, LedgerEntries.Audit(entry));
                break;
        }
    }

    private void LogRow(TicketRecord record)
    {
        if (_log is not null)
        {
            byte[] frame = new byte[LedgerFrame.SizeOf(record)];
            LedgerFrame.Write(record, frame);
            _log.AddRow(record.Ticket, frame);
        }
    }

    private void Tell(long ticket)
    {
        if (_told.Reaches(ticket))
        {
            _told.Add(ticket);
        }
    }
}
