namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>What must hold for the scalars of a record, whether it was filled in or read from bytes.</summary>
internal static class TicketRecordCheck
{
    public static string? Mistake(TicketRecord record)
    {
        string? mistake = Scalars(record);
        for (int shard = 0; mistake is null && shard < record.ShardCount; shard++)
        {
            SliceRecord slice = record.Slices[shard];
            if (!(double.IsFinite(slice.NormSquared) && slice.NormSquared >= 0))
            {
                mistake = $"normSquared of shard {shard} is {slice.NormSquared}; use a finite number, 0 or more";
            }
            else if (slice.State > SliceState.Tombstoned)
            {
                mistake = $"state of shard {shard} is {(byte)slice.State}; the largest known is 2";
            }
        }

        return mistake;
    }

    public static string? Scalars(TicketRecord record) =>
        Least(record.Worker, 0, "worker")
        ?? Least(record.Incarnation, 0, "incarnation")
        ?? Least(record.Ticket, 0, "ticket")
        ?? Least(record.SlotCount, 1, "slotCount")
        ?? (record.RoundTicket <= record.Ticket && record.RoundTicket >= 0 && record.Ticket - record.RoundTicket < record.SlotCount
            ? null
            : $"roundTicket is {record.RoundTicket}; ticket {record.Ticket} of a round of {record.SlotCount} needs one " +
                $"at or at most {record.SlotCount - 1} below it")
        ?? Amount(record.Rate, "rate")
        ?? Least(record.SampleCount, 0, "sampleCount")
        ?? (double.IsInfinity(record.LossSum) ? $"lossSum is {record.LossSum}; use a finite number, or NaN when not measured" : null)
        ?? Amount(record.ResidualNormSquared, "residualNormSquared")
        ?? Measured(record.Gamma, "gamma")
        ?? Amount(record.DroppedNormSquared, "droppedNormSquared")
        ?? Measured(record.HalfBatchDifferenceSquared, "halfBatchDifferenceSquared")
        ?? Measured(record.GradientNormSquared, "gradientNormSquared");

    private static string? Least(long value, long min, string field) => value >= min ? null : $"{field} is {value}; the least is {min}";

    private static string? Amount(double value, string field) =>
        double.IsFinite(value) && value >= 0 ? null : $"{field} is {value}; use a finite number, 0 or more";

    private static string? Measured(double value, string field) =>
        double.IsNaN(value) || (double.IsFinite(value) && value >= 0)
            ? null
            : $"{field} is {value}; use a finite number, 0 or more, or NaN when not measured";
}
