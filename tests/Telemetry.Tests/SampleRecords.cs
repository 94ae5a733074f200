using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Telemetry.Tests;

/// <summary>Records as workers fill them, of every sort, the same for the same seed.</summary>
internal static class SampleRecords
{
    public static TicketRecord Any(Random random, long ticket, int shardCount)
    {
        var record = new TicketRecord();
        record.Begin(shardCount);
        record.SlotCount = 1 + random.Next(5);
        record.Ticket = ticket;
        record.RoundTicket = Math.Max(0, ticket - random.Next(record.SlotCount));
        record.Worker = random.Next(1000);
        record.Incarnation = random.Next(4);
        record.StepCount = 1 + random.Next(3);
        record.SampleCount = random.Next(10_000);
        record.Rate = random.NextDouble();
        record.LossSum = Maybe(random, double.NaN);
        record.GradientNormSquared = Maybe(random, double.NaN);
        record.HalfBatchDifferenceSquared = Maybe(random, double.NaN);
        if (random.Next(2) == 0)
        {
            record.SecantGradient = random.NextDouble();
            record.SecantDistance = random.NextDouble();
        }

        record.DroppedNormSquared = Maybe(random, 0);
        record.ResidualNormSquared = Maybe(random, 0);
        record.ResidualCarried = random.Next(2) == 0;
        record.IsPartial = random.Next(2) == 0;
        record.LocalDistance = Maybe(random, 0);
        for (int shard = 0; shard < shardCount; shard++)
        {
            long watermark = random.NextInt64(record.RoundTicket + 1);
            long[] exceptions = [.. Enumerable.Range(1, random.Next(4)).Select(i => watermark + (i * (1 + random.Next(1, 300))))];
            Array.Sort(exceptions);
            record.SetView(shard, random.Next(3), watermark, exceptions.Distinct().ToArray());
            ref SliceRecord slice = ref record.Slices[shard];
            slice.State = (SliceState)random.Next(3);
            slice.ViewVersion = random.NextInt64(1L << 40);
            slice.NormSquared = random.NextDouble();
            slice.Projection = Maybe(random, double.NaN);
            slice.SubstituteNormSquared = Maybe(random, 0);
            slice.ViewErrorSquared = Maybe(random, 0);
        }

        return record;
    }

    /// <summary>A row as most are: single steps, all shards applied, nothing special measured.</summary>
    public static TicketRecord Plain(long ticket, int shardCount = 4)
    {
        var record = new TicketRecord();
        record.Begin(shardCount);
        record.Ticket = record.RoundTicket = ticket;
        record.SampleCount = 64;
        record.Rate = 0.125;
        record.LossSum = 32;
        for (int shard = 0; shard < shardCount; shard++)
        {
            record.SetView(shard, 0, ticket, []);
            ref SliceRecord slice = ref record.Slices[shard];
            slice.State = SliceState.Applied;
            slice.ViewVersion = ticket;
            slice.NormSquared = 0.25;
        }

        return record;
    }

    private static double Maybe(Random random, double otherwise) => random.Next(2) == 0 ? random.NextDouble() : otherwise;
}
