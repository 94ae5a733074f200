using System.Buffers.Binary;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Consistency;

public class LedgerFrameTests
{
    [Fact]
    public void What_is_written_is_read() => SeedLaw.ForAll(seed =>
    {
        TicketRecord record = SampleRecords.Drawn(seed);
        TicketRecord read = SampleRecords.Drawn(seed + 1);

        LedgerFrame.Read(SampleRecords.Frame(record), read);

        Assert.Equal(SampleRecords.Frame(record), SampleRecords.Frame(read));
        Assert.Equal(record.LossSum, read.LossSum);
        Assert.Equal(record.Slices.ToArray().Select(slice => slice.State), read.Slices.ToArray().Select(slice => slice.State));
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            Assert.Equal(record.Exceptions(shard).ToArray(), read.Exceptions(shard).ToArray());
            Assert.Equal(record.Sketch(shard).ToArray(), read.Sketch(shard).ToArray());
            Assert.Equal(record.ResidualSketch(shard).ToArray(), read.ResidualSketch(shard).ToArray());
        }
    });

    [Fact]
    public void Record_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read("docs/theory.md", "ledger-record");

        Golden.AssertEqual(golden, SampleRecords.Frame(SampleRecords.Golden()), "ledger-record");
        TicketRecord read = new();
        LedgerFrame.Read(golden, read);
        Assert.Equal((41, 40, 4, 0.5), (read.Ticket, read.RoundTicket, read.SlotCount, read.StepRate));
        Assert.Equal([39L], read.Exceptions(0).ToArray());
        Assert.True(double.IsNaN(read.GradientNormSquared));
    }

    [Fact]
    public void Reader_survives_noise_and_damage()
    {
        byte[][] samples =
        [
            .. Enumerable.Range(1, 8).Select(seed => SampleRecords.Frame(SampleRecords.Drawn((ulong)seed))),
            SampleRecords.Frame(SampleRecords.Golden()),
        ];
        TicketRecord record = new();

        DecoderTrial.Run(samples, frame => SampleRecords.Resealed(frame), frame => LedgerFrame.Read(frame, record), seed: 20_252);
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        byte[] frame = SampleRecords.Frame(SampleRecords.Golden());
        TicketRecord record = new();
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => LedgerFrame.Read(frame, record));
            frame[i] ^= 0x10;
        }
    }

    [Fact]
    public void Refusal_names_field_and_limit()
    {
        byte[] frame = SampleRecords.Frame(SampleRecords.Golden());
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(36), 20_000);

        var error = Assert.Throws<InvalidDataException>(() => LedgerFrame.Read(SampleRecords.Resealed(frame), new TicketRecord()));

        Assert.Equal("Ledger frame: shardCount at byte 36 is 20000; use 1 to 10000.", error.Message);
    }

    [Fact]
    public void Record_that_no_reader_takes_is_not_written()
    {
        TicketRecord record = SampleRecords.Golden();
        record.Rate = double.NaN;

        Assert.Throws<ArgumentException>(() => SampleRecords.Frame(record));
        Assert.Throws<ArgumentException>(() => LedgerFrame.Write(SampleRecords.Golden(), new byte[10]));
    }

    [Fact]
    public void View_must_ascend_above_its_watermark()
    {
        TicketRecord record = new();
        record.Begin(1);

        Assert.Throws<ArgumentException>(() => record.SetView(0, 0, 5, [5]));
        Assert.Throws<ArgumentException>(() => record.SetView(0, 0, 5, [8, 7]));
        record.SetView(0, 0, 5, [7, 8]);
        Assert.Throws<InvalidOperationException>(() => record.SetView(0, 0, 5, []));
    }

    [Fact]
    public void States_keep_their_numbers()
    {
        Assert.Equal([0, 1, 2], Enum.GetValues<SliceState>().Select(state => (int)state));
        Assert.Equal(["Pending", "Applied", "Tombstoned"], Enum.GetNames<SliceState>());
    }
}
