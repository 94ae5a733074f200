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
            if (!(IsAmount(slice.NormSquared) && IsAmount(slice.SubstituteNormSquared) && IsAmount(slice.ViewErrorSquared)))
            {
                mistake = Amount(slice.NormSquared, $"normSquared of shard {shard}")
                    ?? Amount(slice.SubstituteNormSquared, $"substituteNormSquared of shard {shard}")
                    ?? Amount(slice.ViewErrorSquared, $"viewErrorSquared of shard {shard}");
            }
            else if (slice.State > SliceState.Tombstoned)
            {
                mistake = $"state of shard {shard} is {(byte)slice.State}; the largest known is 2";
            }
            else if (slice.ViewVersion < 0)
            {
                mistake = $"viewVersion of shard {shard} is {slice.ViewVersion}; the least is 0";
            }
            else if (double.IsInfinity(slice.Projection))
            {
                mistake = $"projection of shard {shard} is {slice.Projection}; use a finite number, or NaN when not measured";
            }
        }

        return mistake;
    }

    public static string? Scalars(TicketRecord record) =>
        Least(record.Worker, 0, "worker")
        ?? Least(record.Incarnation, 0, "incarnation")
        ?? Least(record.Ticket, 0, "ticket")
        ?? Least(record.SlotCount, 1, "slotCount")
        ?? (record.RoundTicket <= record.Ticket && record.RoundTicket >= 0
            ? null
            : $"roundTicket is {record.RoundTicket}; use 0 to {record.Ticket}, the ticket itself")
        ?? Amount(record.Rate, "rate")
        ?? Least(record.SampleCount, 0, "sampleCount")
        ?? (double.IsInfinity(record.LossSum) ? $"lossSum is {record.LossSum}; use a finite number, or NaN when not measured" : null)
        ?? Amount(record.ResidualNormSquared, "residualNormSquared")
        ?? Measured(record.Gamma, "gamma")
        ?? Amount(record.DroppedNormSquared, "droppedNormSquared")
        ?? Measured(record.HalfBatchDifferenceSquared, "halfBatchDifferenceSquared")
        ?? Measured(record.GradientNormSquared, "gradientNormSquared")
        ?? Least(record.StepCount, 1, "stepCount")
        ?? Amount(record.LocalDistance, "localDistance")
        ?? Measured(record.SecantGradient, "secantGradient")
        ?? Measured(record.SecantDistance, "secantDistance")
        ?? Measured(record.GradientSeconds, "gradientSeconds");

    private static string? Least(long value, long min, string field) => value >= min ? null : $"{field} is {value}; the least is {min}";

    private static bool IsAmount(double value) => double.IsFinite(value) && value >= 0;

    private static string? Amount(double value, string field) =>
        IsAmount(value) ? null : $"{field} is {value}; use a finite number, 0 or more";

    private static string? Measured(double value, string field) =>
        double.IsNaN(value) || (double.IsFinite(value) && value >= 0)
            ? null
            : $"{field} is {value}; use a finite number, 0 or more, or NaN when not measured";
}
