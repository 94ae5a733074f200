namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>A ticket's row as a reader of docs/trace-format.md finds it.</summary>
internal sealed record ReadRow
{
    public long Ticket { get; init; }

    public ulong Flags { get; init; }

    public long Worker { get; init; }

    public long Incarnation { get; init; }

    public long SlotCount { get; init; }

    public long RoundTicket { get; init; }

    public long StepCount { get; init; }

    public long SampleCount { get; init; }

    public double Rate { get; init; }

    public double LossSum { get; init; }

    public double GradientSquared { get; init; } = double.NaN;

    public double HalfDifferenceSquared { get; init; } = double.NaN;

    public double SecantGradient { get; init; } = double.NaN;

    public double SecantDistance { get; init; } = double.NaN;

    public double DroppedSquared { get; init; }

    public double HeldSquared { get; init; }

    public double LocalDistance { get; init; }

    public required ReadSlice[] Slices { get; init; }

    /// <summary>The rows of one chunk.</summary>
    public static ReadRow[] ReadAll(byte[] bytes, int shardCount)
    {
        var reader = new ByteReader(bytes);
        List<ReadRow> rows = [];
        while (!reader.IsAtEnd)
        {
            rows.Add(Read(reader, rows.Count == 0 ? 0 : rows[^1].Ticket, shardCount));
        }

        return [.. rows];
    }

    private static ReadRow Read(ByteReader reader, long before, int shardCount)
    {
        long ticket = before + reader.Signed();
        ulong flags = reader.Unsigned();
        bool Has(ulong flag) => (flags & flag) != 0;
        long worker = (long)reader.Unsigned();
        long incarnation = (long)reader.Unsigned();
        long slotCount = (long)reader.Unsigned();
        long roundTicket = ticket - (long)reader.Unsigned();
        return new ReadRow
        {
            Ticket = ticket,
            Flags = flags,
            Worker = worker,
            Incarnation = incarnation,
            SlotCount = slotCount,
            RoundTicket = roundTicket,
            StepCount = (long)reader.Unsigned(),
            SampleCount = (long)reader.Unsigned(),
            Rate = reader.Real(),
            LossSum = reader.Real(),
            GradientSquared = Has(1) ? reader.Real() : double.NaN,
            HalfDifferenceSquared = Has(1) ? reader.Real() : double.NaN,
            SecantGradient = Has(2) ? reader.Real() : double.NaN,
            SecantDistance = Has(2) ? reader.Real() : double.NaN,
            DroppedSquared = Has(4) ? reader.Real() : 0,
            HeldSquared = Has(8) ? reader.Real() : 0,
            LocalDistance = Has(64) ? reader.Real() : 0,
            Slices = [.. Enumerable.Range(0, shardCount).Select(_ => ReadSlice.Read(reader, roundTicket, flags))],
        };
    }
}

/// <summary>One shard of a row.</summary>
internal sealed record ReadSlice(
    ulong State, long ViewIncarnation, long ViewVersion, long Watermark, long[] Exceptions, double NormSquared, double Projection,
    double SubstituteSquared, double ViewErrorSquared)
{
    public static ReadSlice Read(ByteReader reader, long roundTicket, ulong flags)
    {
        ulong state = reader.Unsigned();
        long incarnation = (long)reader.Unsigned();
        long version = (long)reader.Unsigned();
        long watermark = roundTicket - reader.Signed();
        long[] exceptions = new long[(int)reader.Unsigned()];
        for (int i = 0; i < exceptions.Length; i++)
        {
            exceptions[i] = watermark + (long)reader.Unsigned();
        }

        return new ReadSlice(
            state, incarnation, version, watermark, exceptions, reader.Real(),
            (flags & 128) != 0 ? reader.Real() : double.NaN,
            (flags & 256) != 0 ? reader.Real() : 0,
            (flags & 512) != 0 ? reader.Real() : 0);
    }
}
