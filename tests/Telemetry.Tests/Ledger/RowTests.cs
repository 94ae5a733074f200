using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Tests.Reading;
using OrleansSgd.Testing;

namespace OrleansSgd.Telemetry.Tests.Ledger;

/// <summary>Goal: what a row says is what the record said. Method: a reader written from the page, golden bytes in the page.</summary>
public sealed class RowTests
{
    [Fact]
    public void Rows_read_back_as_the_records_they_were_made_of() => SeedLaw.ForAll(seed =>
    {
        var random = new Random(seed);
        int shardCount = 1 + random.Next(6);
        var packer = new RowPacker();
        TicketRecord[] records =
        [
            .. Enumerable.Range(0, 1 + random.Next(20)).Select(i => SampleRecords.Any(random, random.NextInt64(1L << 45), shardCount)),
        ];
        foreach (TicketRecord record in records)
        {
            packer.Add(record, isRebuilt: record.Worker % 2 == 0);
        }

        ReadRow[] rows = ReadRow.ReadAll(packer.Bytes.ToArray(), shardCount);
        Assert.Equal(records.Length, rows.Length);
        Assert.Equal(records.Length, packer.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            AssertSame(records[i], rows[i]);
            Assert.Equal(records[i].Worker % 2 == 0, (rows[i].Flags & 1024) != 0);
        }
    });

    [Fact]
    public void Golden_rows_stand_in_the_page()
    {
        var packer = new RowPacker();
        packer.Add(SampleRecords.Plain(ticket: 300, shardCount: 1), isRebuilt: false);
        packer.Add(Rich(), isRebuilt: true);

        Golden.AssertEqual(Golden.Read("docs/trace-format.md", "rows"), packer.Bytes, "Rows of a trace");
    }

    [Fact]
    public void Each_chunk_can_be_read_alone()
    {
        var packer = new RowPacker();
        packer.Add(SampleRecords.Plain(1_000_000), isRebuilt: false);
        packer.Clear();
        packer.Add(SampleRecords.Plain(1_000_001), isRebuilt: false);

        Assert.Equal(1_000_001, Assert.Single(ReadRow.ReadAll(packer.Bytes.ToArray(), 4)).Ticket);
    }

    private static TicketRecord Rich()
    {
        var record = new TicketRecord();
        record.Begin(shardCount: 1);
        record.Ticket = 299;
        record.SlotCount = 4;
        record.RoundTicket = 296;
        record.Worker = 3;
        record.Incarnation = 1;
        record.StepCount = 2;
        record.SampleCount = 128;
        record.Rate = 0.5;
        record.LossSum = double.NaN;
        record.GradientNormSquared = 4;
        record.HalfBatchDifferenceSquared = 2;
        record.SecantGradient = 3;
        record.SecantDistance = 1.5;
        record.DroppedNormSquared = 0.0625;
        record.ResidualNormSquared = 0.03125;
        record.ResidualCarried = true;
        record.IsPartial = true;
        record.LocalDistance = 8;
        record.SetView(0, 2, 290, [292, 295]);
        ref SliceRecord slice = ref record.Slices[0];
        slice.State = SliceState.Tombstoned;
        slice.ViewVersion = 74;
        slice.NormSquared = 1;
        slice.Projection = -1;
        slice.SubstituteNormSquared = 16;
        slice.ViewErrorSquared = 32;
        return record;
    }

    private static void AssertSame(TicketRecord record, ReadRow row)
    {
        Assert.Equal(record.Ticket, row.Ticket);
        Assert.Equal(record.RoundTicket, row.RoundTicket);
        Assert.Equal(record.SlotCount, row.SlotCount);
        Assert.Equal(record.Worker, row.Worker);
        Assert.Equal(record.Incarnation, row.Incarnation);
        Assert.Equal(record.StepCount, row.StepCount);
        Assert.Equal(record.SampleCount, row.SampleCount);
        Assert.Equal(record.Rate, row.Rate);
        Assert.Equal(record.LossSum, row.LossSum);
        Assert.Equal(record.GradientNormSquared, row.GradientSquared);
        Assert.Equal(record.HalfBatchDifferenceSquared, row.HalfDifferenceSquared);
        Assert.Equal(record.SecantGradient, row.SecantGradient);
        Assert.Equal(record.SecantDistance, row.SecantDistance);
        Assert.Equal(record.DroppedNormSquared, row.DroppedSquared);
        Assert.Equal(record.ResidualNormSquared, row.HeldSquared);
        Assert.Equal(record.ResidualCarried, (row.Flags & 16) != 0);
        Assert.Equal(record.IsPartial, (row.Flags & 32) != 0);
        Assert.Equal(record.LocalDistance, row.LocalDistance);
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            SliceRecord slice = record.Slices[shard];
            ReadSlice read = row.Slices[shard];
            Assert.Equal((ulong)slice.State, read.State);
            Assert.Equal(slice.ViewIncarnation, read.ViewIncarnation);
            Assert.Equal(slice.ViewVersion, read.ViewVersion);
            Assert.Equal(slice.ViewWatermark, read.Watermark);
            Assert.Equal(record.Exceptions(shard).ToArray(), read.Exceptions);
            Assert.Equal(slice.NormSquared, read.NormSquared);
            Assert.Equal(slice.Projection, read.Projection);
            Assert.Equal(slice.SubstituteNormSquared, read.SubstituteSquared);
            Assert.Equal(slice.ViewErrorSquared, read.ViewErrorSquared);
        }
    }
}
