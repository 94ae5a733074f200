namespace OrleansSgd.Certifier.Reading;

/// <summary>Reads an ascending list of tickets: varints of the differences, from 0.</summary>
internal static class TicketList
{
    /// <summary>The tickets, ascending.</summary>
    public static long[] Read(LedgerSpan span, string field)
    {
        var bytes = new PackedBytes(span, field);
        var tickets = new List<long>();
        long last = 0;
        while (!bytes.IsAtEnd)
        {
            long step = bytes.Unsigned();
            if ((step == 0 && tickets.Count > 0) || step > long.MaxValue - last)
            {
                throw bytes.Wrong($"does not ascend after ticket {last}");
            }

            last += step;
            tickets.Add(last);
        }

        return [.. tickets];
    }
}
