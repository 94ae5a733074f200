using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>Rows of a chunk: the scalars of some tickets, as docs/trace-format.md lays them out.</summary>
/// <remarks>Keep the page and <see cref="RowFlags"/> in sync with it. Adding a row allocates nothing once the buffer has grown to a chunk.</remarks>
internal sealed class RowPacker
{
    // What a row takes at most beside its shards and exceptions, and for each shard: sums over the table of the page.
    private const int HeadSizeMax = (8 * PackedBytes.VarintSizeMax) + (9 * sizeof(double));
    private const int SliceSizeMax = (5 * PackedBytes.VarintSizeMax) + (4 * sizeof(double));

    private readonly PackedBytes _bytes = new(4096);
    private long _lastTicket;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    public void Add(TicketRecord record, bool isRebuilt)
    {
        Span<SliceRecord> slices = record.Slices;
        RowFlags flags = FlagsOf(record, slices, isRebuilt, out int exceptionCount);
        _bytes.Reserve(HeadSizeMax + (slices.Length * SliceSizeMax) + (exceptionCount * PackedBytes.VarintSizeMax));
        WriteHead(record, flags);
        for (int shard = 0; shard < slices.Length; shard++)
        {
            WriteSlice(record, shard, in slices[shard], flags);
        }

        _lastTicket = record.Ticket;
        Count++;
    }

    public void Clear()
    {
        _bytes.Clear();
        _lastTicket = 0;
        Count = 0;
    }

    private static RowFlags FlagsOf(TicketRecord record, Span<SliceRecord> slices, bool isRebuilt, out int exceptionCount)
    {
        RowFlags flags = isRebuilt ? RowFlags.Rebuilt : 0;
        flags |= double.IsNaN(record.GradientNormSquared) && double.IsNaN(record.HalfBatchDifferenceSquared) ? 0 : RowFlags.Noise;
        flags |= double.IsNaN(record.SecantGradient) || double.IsNaN(record.SecantDistance) ? 0 : RowFlags.Secant;
        flags |= record.DroppedNormSquared == 0 ? 0 : RowFlags.Dropped;
        flags |= record.ResidualNormSquared == 0 ? 0 : RowFlags.Held;
        flags |= record.ResidualCarried ? RowFlags.HeldCarried : 0;
        flags |= record.IsPartial ? RowFlags.Partial : 0;
        flags |= record.LocalDistance == 0 ? 0 : RowFlags.Local;
        exceptionCount = 0;
        foreach (ref readonly SliceRecord slice in slices)
        {
            exceptionCount += slice.ExceptionCount;
            flags |= slice.Projection == 0 || double.IsNaN(slice.Projection) ? 0 : RowFlags.Projections;
            flags |= slice.SubstituteNormSquared == 0 ? 0 : RowFlags.Substitutes;
            flags |= slice.ViewErrorSquared == 0 ? 0 : RowFlags.ViewErrors;
        }

        return flags;
    }

    private void WriteHead(TicketRecord record, RowFlags flags)
    {
        PackedBytes bytes = _bytes;
        bytes.Signed(record.Ticket - _lastTicket);
        bytes.Unsigned((ulong)flags);
        bytes.Unsigned((ulong)record.Worker);
        bytes.Unsigned((ulong)record.Incarnation);
        bytes.Unsigned((ulong)record.SlotCount);
        bytes.Unsigned((ulong)(record.Ticket - record.RoundTicket));
        bytes.Unsigned((ulong)record.StepCount);
        bytes.Unsigned((ulong)record.SampleCount);
        bytes.Real(record.Rate);
        bytes.Real(record.LossSum);
        if ((flags & RowFlags.Noise) != 0)
        {
            bytes.Real(record.GradientNormSquared);
            bytes.Real(record.HalfBatchDifferenceSquared);
        }

        if ((flags & RowFlags.Secant) != 0)
        {
            bytes.Real(record.SecantGradient);
            bytes.Real(record.SecantDistance);
        }

        if ((flags & RowFlags.Dropped) != 0)
        {
            bytes.Real(record.DroppedNormSquared);
        }

        if ((flags & RowFlags.Held) != 0)
        {
            bytes.Real(record.ResidualNormSquared);
        }

        if ((flags & RowFlags.Local) != 0)
        {
            bytes.Real(record.LocalDistance);
        }
    }

    private void WriteSlice(TicketRecord record, int shard, in SliceRecord slice, RowFlags flags)
    {
        PackedBytes bytes = _bytes;
        bytes.Unsigned((ulong)slice.State);
        bytes.Unsigned((ulong)slice.ViewIncarnation);
        bytes.Unsigned((ulong)slice.ViewVersion);
        bytes.Signed(record.RoundTicket - slice.ViewWatermark);
        bytes.Unsigned((ulong)slice.ExceptionCount);
        if (slice.ExceptionCount > 0)
        {
            foreach (long ticket in record.Exceptions(shard))
            {
                bytes.Unsigned((ulong)(ticket - slice.ViewWatermark));
            }
        }

        bytes.Real(slice.NormSquared);
        if ((flags & RowFlags.Projections) != 0)
        {
            bytes.Real(slice.Projection);
        }

        if ((flags & RowFlags.Substitutes) != 0)
        {
            bytes.Real(slice.SubstituteNormSquared);
        }

        if ((flags & RowFlags.ViewErrors) != 0)
        {
            bytes.Real(slice.ViewErrorSquared);
        }
    }
}
