using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Grains.Checkpoints;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: what a monitor was told comes back as it was told, and of what came after a checkpoint only what still holds.</summary>
public sealed class LedgerLogTests
{
    [Fact]
    public void Entries_come_back_in_their_order_with_everything_they_said()
    {
        var log = new LedgerLog();
        log.AddRow(7, [1, 2, 3]);
        log.AddFact(new LedgerFact(LedgerFactKind.Settle) { Ticket = 8, Applied = [true, false, true] });
        log.AddFact(new LedgerFact(LedgerFactKind.Orphan) { Ticket = 9, Applied = [true], NormSquared = [double.NaN], Rate = double.PositiveInfinity });
        log.AddExpect(10);
        log.AddCut(new LossCut { Ticket = 10, Loss = 0.5, GradientNormSquared = double.NaN, Projections = [1, -2] });
        log.AddAudit(9, 0.25);

        List<string> entries = [];
        foreach (LedgerPiece piece in log.Close())
        {
            ReadOnlySpan<byte> left = piece.Bytes.Span;
            long offset = piece.Start;
            while (LedgerLog.TryTake(ref left, ref offset, out LedgerEntry entry))
            {
                entries.Add(Text(entry));
            }

            Assert.Equal(piece.End, offset);
        }

        Assert.Equal(
            ["Row 7: 01-02-03", "Settle 8: 1 0 1", "Orphan 9: 1 NaN ∞", "Expect 10", "Cut 10: 0.5 NaN 1 -2", "Audit 9: 0.25"], entries);
    }

    [Fact]
    public void Piece_that_was_not_saved_comes_again_and_one_that_was_does_not()
    {
        var log = new LedgerLog(start: 100);
        log.AddExpect(1);
        LedgerPiece first = Assert.Single(log.Close());
        log.AddExpect(2);

        Assert.Equal([first, log.Close()[1]], log.Close());
        log.Saved(first.End);
        Assert.Equal(first.End, Assert.Single(log.Close()).Start);
        Assert.Equal((100, 100 + LedgerLog.HeaderSize), (first.Start, first.End));
    }

    [Fact]
    public void Piece_is_the_same_after_it_was_packed_and_smaller_meanwhile()
    {
        var log = new LedgerLog(start: 7);
        for (long ticket = 0; ticket < 1000; ticket++)
        {
            log.AddRow(ticket, new byte[416]);
        }

        LedgerPiece piece = Assert.Single(log.Close());
        byte[] packed = piece.Pack();

        Assert.True(packed.Length < piece.Bytes.Length / 4, $"{packed.Length} of {piece.Bytes.Length} bytes");
        LedgerPiece again = LedgerPiece.Unpack(7, packed);
        Assert.Equal(piece.Bytes.ToArray(), again.Bytes.ToArray());
        Assert.Equal(piece.End, again.End);
    }

    [Fact]
    public void Log_that_ends_inside_an_entry_is_refused()
    {
        var log = new LedgerLog();
        log.AddRow(7, [1, 2, 3]);
        byte[] bytes = log.Close()[0].Bytes.ToArray();

        Assert.Throws<InvalidDataException>(() => Count(bytes.AsSpan(0, bytes.Length - 1)));
        bytes[0] = 99;
        Assert.Throws<InvalidDataException>(() => Count(bytes));
    }

    [Theory]
    [InlineData(5, true)] // before the mark: everything holds
    [InlineData(15, false)]
    [InlineData(25, true)] // after the resumption: everything holds again
    public void Fact_of_a_new_life_between_mark_and_end_does_not_hold(long offset, bool holds) =>
        Assert.Equal(holds, Holds(offset, new LedgerFact(LedgerFactKind.Restore) { Shard = 1, Incarnation = 2 }));

    [Theory]
    [InlineData(LedgerFactKind.Void, 49, true)]
    [InlineData(LedgerFactKind.Void, 50, false)]
    [InlineData(LedgerFactKind.Void, 40, false)] // the checkpoint itself says what became of it
    [InlineData(LedgerFactKind.Settle, 49, true)]
    [InlineData(LedgerFactKind.Settle, 50, false)]
    [InlineData(LedgerFactKind.Orphan, 49, true)]
    [InlineData(LedgerFactKind.Retire, 49, false)]
    [InlineData(LedgerFactKind.Break, 0, false)]
    public void Between_mark_and_end_only_what_became_of_tickets_below_the_checkpoint_holds(LedgerFactKind kind, long ticket, bool holds) =>
        Assert.Equal(holds, Holds(15, new LedgerFact(kind) { Ticket = ticket, Applied = [true], NormSquared = [1] }));

    private static bool Holds(long offset, LedgerFact fact)
    {
        var log = new LedgerLog(offset);
        log.AddFact(fact);
        LedgerPiece piece = log.Close()[0];
        ReadOnlySpan<byte> left = piece.Bytes.Span;
        long start = piece.Start;
        Assert.True(LedgerLog.TryTake(ref left, ref start, out LedgerEntry entry));
        return LogCut.Holds([new LogCut(10, 20, Ticket: 50, Told: [40])], entry);
    }

    private static int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (long offset = 0; LedgerLog.TryTake(ref bytes, ref offset, out _); count++)
        {
        }

        return count;
    }

    private static string Text(in LedgerEntry entry)
    {
        switch (entry.Kind)
        {
            case LedgerEntryKind.Row:
                return $"Row {entry.Ticket}: {BitConverter.ToString(entry.Payload.ToArray())}";
            case LedgerEntryKind.Settle:
                return $"Settle {entry.Ticket}: {string.Join(' ', LedgerEntries.Fact(entry).Applied.Select(one => one ? 1 : 0))}";
            case LedgerEntryKind.Fact:
                LedgerFact fact = LedgerEntries.Fact(entry);
                return FormattableString.Invariant($"{fact.Kind} {entry.Ticket}: {(fact.Applied[0] ? 1 : 0)} {fact.NormSquared[0]} ∞");
            case LedgerEntryKind.Cut:
                LossCut cut = LedgerEntries.Cut(entry);
                return FormattableString.Invariant($"Cut {cut.Ticket}: {cut.Loss} {cut.GradientNormSquared} {string.Join(' ', cut.Projections)}");
            case LedgerEntryKind.Audit:
                return FormattableString.Invariant($"Audit {entry.Ticket}: {LedgerEntries.Audit(entry)}");
            default:
                return $"{entry.Kind} {entry.Ticket}";
        }
    }
}
