using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: rows arrive whole and in order, a repeated request carries the same bytes, and the steady state allocates nothing.</summary>
public sealed class LedgerRowsTests
{
    private readonly LedgerRows _rows = new();

    [Fact]
    public void Rows_come_out_as_they_went_in()
    {
        _rows.Add(Record(4));
        _rows.Add(Record(9));

        Assert.Equal([4L, 9L], Tickets(_rows.Pending.Span));
    }

    [Fact]
    public void Rows_stay_until_they_were_sent_and_then_go()
    {
        _rows.Add(Record(4));
        byte[] first = _rows.Pending.ToArray();
        Assert.Equal(first, _rows.Pending.ToArray());

        _rows.Add(Record(5));
        Assert.Equal(first, _rows.Pending[..first.Length].ToArray());

        _rows.Sent();
        Assert.True(_rows.Pending.IsEmpty);
        _rows.Add(Record(6));
        Assert.Equal([6L], Tickets(_rows.Pending.Span));
    }

    [Fact]
    public void Bytes_of_a_call_that_failed_are_never_written_again()
    {
        _rows.Add(Record(4));
        ReadOnlyMemory<byte> underWay = _rows.Pending;
        _rows.Taint();
        _rows.Sent();

        _rows.Add(Record(5));

        Assert.Equal([4L], Tickets(underWay.Span));
        Assert.Equal([5L], Tickets(_rows.Pending.Span));
    }

    [Fact]
    public void Bytes_that_end_inside_a_row_are_damage()
    {
        _rows.Add(Record(4));
        byte[] bytes = _rows.Pending.ToArray();
        for (int size = 1; size < bytes.Length; size++)
        {
            Assert.Throws<InvalidDataException>(() => Tickets(bytes.AsSpan(0, size)));
        }

        Assert.Empty(Tickets([]));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        TicketRecord record = Record(4);
        _rows.Add(record);
        _rows.Sent();

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            _rows.Add(record);
            _rows.Sent();
        }));
    }

    private static TicketRecord Record(long ticket)
    {
        var record = new TicketRecord();
        record.Begin(2);
        record.Ticket = record.RoundTicket = ticket;
        record.SetView(0, 1, ticket, []);
        record.SetView(1, 1, ticket, []);
        return record;
    }

    private static List<long> Tickets(ReadOnlySpan<byte> rows)
    {
        var tickets = new List<long>();
        var record = new TicketRecord();
        while (LedgerRows.TryTake(ref rows, out ReadOnlySpan<byte> frame))
        {
            LedgerFrame.Read(frame, record);
            tickets.Add(record.Ticket);
        }

        return tickets;
    }
}
