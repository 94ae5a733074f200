namespace OrleansSgd.Certifier.Reading;

/// <summary>Unpacks the rows of one <c>ledger.rows</c> span.</summary>
internal static class RowReader
{
    // More slots or workers than this are no grid of ours; the limit keeps damaged bytes from asking for memory.
    private const int CountMax = 1 << 30;
    private const int ExceptionsMax = 1 << 24;

    /// <summary>The rows in the order in which they arrived.</summary>
    /// <param name="shards">Shards of the job.</param>
    /// <exception cref="InvalidDataException">The bytes are no rows; the message names span, field and byte.</exception>
    public static LedgerRow[] Read(LedgerSpan span, int shards)
    {
        var bytes = new PackedBytes(span, "rows");
        long count = span.Integer("count", 0, bytes.Length);
        var rows = new LedgerRow[count];
        long ticket = 0;
        for (long i = 0; i < count; i++)
        {
            ticket += bytes.Signed();
            rows[i] = Row(ref bytes, ticket, shards);
        }

        return bytes.IsAtEnd ? rows : throw bytes.Wrong($"holds more than its {count} rows");
    }

    private static LedgerRow Row(ref PackedBytes bytes, long ticket, int shards)
    {
        if (ticket < 0)
        {
            throw bytes.Wrong($"holds ticket {ticket}; tickets count from 0");
        }

        var flags = (RowFlags)bytes.Small((int)RowFlags.All);
        int worker = bytes.Small(CountMax);
        int incarnation = bytes.Small(CountMax);
        int slotCount = bytes.Small(CountMax);
        long roundTicket = ticket - bytes.Unsigned();
        int stepCount = bytes.Small(CountMax);
        if (slotCount < 1 || stepCount < 1 || roundTicket < 0)
        {
            throw bytes.Wrong($"gives ticket {ticket} {slotCount} slots, {stepCount} steps and a round at {roundTicket}; expected 1, 1 and 0 or more");
        }

        var row = new LedgerRow
        {
            Ticket = ticket,
            Flags = flags,
            Worker = worker,
            Incarnation = incarnation,
            SlotCount = slotCount,
            RoundTicket = roundTicket,
            StepCount = stepCount,
            SampleCount = bytes.Unsigned(),
            Rate = Amount(ref bytes, ticket, "rate"),
            Slices = new RowSlice[shards],
        };
        Scalars(ref bytes, row);
        for (int shard = 0; shard < shards; shard++)
        {
            row.Slices[shard] = Slice(ref bytes, row);
        }

        return row;
    }

    private static void Scalars(ref PackedBytes bytes, LedgerRow row)
    {
        row.LossSum = bytes.Real();
        if ((row.Flags & RowFlags.Noise) != 0)
        {
            row.GradientSquared = AmountOrNaN(ref bytes, row.Ticket, "gradientSquared");
            row.HalfDifferenceSquared = AmountOrNaN(ref bytes, row.Ticket, "halfDifferenceSquared");
        }

        if ((row.Flags & RowFlags.Secant) != 0)
        {
            row.SecantGradient = AmountOrNaN(ref bytes, row.Ticket, "secantGradient");
            row.SecantDistance = AmountOrNaN(ref bytes, row.Ticket, "secantDistance");
        }

        row.DroppedSquared = (row.Flags & RowFlags.Dropped) != 0 ? Amount(ref bytes, row.Ticket, "droppedSquared") : 0;
        row.HeldSquared = (row.Flags & RowFlags.Held) != 0 ? Amount(ref bytes, row.Ticket, "heldSquared") : 0;
        row.LocalDistance = (row.Flags & RowFlags.Local) != 0 ? Amount(ref bytes, row.Ticket, "localDistance") : 0;
    }

    private static RowSlice Slice(ref PackedBytes bytes, LedgerRow row)
    {
        var slice = new RowSlice
        {
            Fate = (SliceFate)bytes.Small((int)SliceFate.Void),
            ViewIncarnation = bytes.Small(CountMax),
            ViewVersion = bytes.Unsigned(),
            ViewWatermark = row.RoundTicket - bytes.Signed(),
            Projection = double.NaN,
        };
        if (slice.ViewWatermark < 0)
        {
            throw bytes.Wrong($"gives ticket {row.Ticket} a view with watermark {slice.ViewWatermark}; expected 0 or more");
        }

        slice.Exceptions = Exceptions(ref bytes, row.Ticket, slice.ViewWatermark);
        slice.NormSquared = Amount(ref bytes, row.Ticket, "normSquared");
        if ((row.Flags & RowFlags.Projections) != 0)
        {
            slice.Projection = bytes.Real();
        }

        if ((row.Flags & RowFlags.Substitutes) != 0)
        {
            slice.SubstituteSquared = Amount(ref bytes, row.Ticket, "substituteSquared");
        }

        if ((row.Flags & RowFlags.ViewErrors) != 0)
        {
            slice.ViewErrorSquared = Amount(ref bytes, row.Ticket, "viewErrorSquared");
        }

        return slice;
    }

    private static long[] Exceptions(ref PackedBytes bytes, long ticket, long watermark)
    {
        int count = bytes.Small(Math.Min(ExceptionsMax, bytes.Length - bytes.Position));
        if (count == 0)
        {
            return [];
        }

        var exceptions = new long[count];
        long last = watermark;
        for (int i = 0; i < count; i++)
        {
            exceptions[i] = watermark + bytes.Unsigned();
            if (exceptions[i] <= last)
            {
                throw bytes.Wrong($"gives the view of ticket {ticket} exception {exceptions[i]} after {last}; they lie above the watermark and ascend");
            }

            last = exceptions[i];
        }

        return exceptions;
    }

    private static double Amount(ref PackedBytes bytes, long ticket, string field)
    {
        double value = bytes.Real();
        return double.IsFinite(value) && value >= 0
            ? value
            : throw bytes.Wrong($"gives ticket {ticket} {field} {value}; expected a finite number, 0 or more");
    }

    private static double AmountOrNaN(ref PackedBytes bytes, long ticket, string field)
    {
        double value = bytes.Real();
        return double.IsNaN(value) || (double.IsFinite(value) && value >= 0)
            ? value
            : throw bytes.Wrong($"gives ticket {ticket} {field} {value}; expected a finite number, 0 or more, or NaN");
    }
}
