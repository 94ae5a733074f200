using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Checkpoints;

/// <summary>Goal: what was written is read, and nothing else is. Method: golden bytes, round trips, and damage of every kind.</summary>
public class ShardCheckpointTests
{
    private const string Page = "docs/checkpoint-format.md";

    private static readonly ShardCheckpoint Sample = new(
        new(Shard: 1, Incarnation: 2, Version: 40, Ticket: 600, Watermark: 599), [601, 605], [new(3, 4, 5), new(7, 1, -1)], [0.5f, -0.25f, 2]);

    [Fact]
    public void It_has_its_golden_bytes()
    {
        byte[] golden = Golden.Read(Page, "shard");

        Golden.AssertEqual(golden, Sample.ToBytes(), "shard");
        AssertEqual(Sample, ShardCheckpoint.Read(golden));
    }

    [Fact]
    public void What_is_written_is_read_to_the_last_bit()
    {
        Prop.ForAll<int[], int[], float[]>((gaps, lives, slice) =>
        {
            ShardCheckpoint written = Make(gaps, lives, slice);
            AssertEqual(written, ShardCheckpoint.Read(written.ToBytes()));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_settled_set_is_the_watermark_and_the_exceptions()
    {
        TicketSet settled = Sample.Settled();

        Assert.Equal((599, 2, 606), (settled.Watermark, settled.ExceptionCount, settled.End));
        Assert.True(settled.Contains(601) && settled.Contains(605) && !settled.Contains(600));
    }

    [Fact]
    public void Every_single_flipped_bit_is_refused()
    {
        byte[] bytes = Sample.ToBytes();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => ShardCheckpoint.Read(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        AssertEqual(Sample, ShardCheckpoint.Read(bytes));
    }

    [Fact]
    public void Every_length_but_its_own_is_refused_as_cut_short_or_too_long()
    {
        byte[] bytes = Sample.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Contains(
                "cut short", Assert.Throws<InvalidDataException>(() => ShardCheckpoint.Read(bytes.AsSpan(0, length))).Message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "something was added", Assert.Throws<InvalidDataException>(() => ShardCheckpoint.Read([.. bytes, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_whatever_they_are() =>
        DecoderTrial.Run([Sample.ToBytes(), Make([], [], [1]).ToBytes()], Reseal, bytes => ShardCheckpoint.Read(bytes), seed: 20);

    [Theory]
    [InlineData(4, 2, "layout at byte 4 is 2, but this build reads 1")]
    [InlineData(8, -1, "shard at byte 8 is -1")]
    [InlineData(12, 0, "incarnation at byte 12 is 0")]
    [InlineData(40, -1, "exceptionCount at byte 40 is -1")]
    [InlineData(44, -5, "workerCount at byte 44 is -5")]
    [InlineData(48, 0, "length at byte 48 is 0")]
    [InlineData(48, int.MaxValue, "2147483647 coordinates take")]
    [InlineData(56, 599, "exception 0 is ticket 599 after 599")]
    [InlineData(72, 8, "row 1 is of worker 7 after worker 8")]
    [InlineData(92, -9, "life -9")]
    public void A_field_out_of_its_range_is_named_with_its_numbers(int at, int value, string sentence)
    {
        byte[] bytes = Sample.ToBytes();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        Reseal(bytes);

        Assert.Contains(sentence, Assert.Throws<InvalidDataException>(() => ShardCheckpoint.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Something_else_is_named_by_its_magic()
    {
        byte[] bytes = Sample.ToBytes();
        bytes[0] = (byte)'P';

        Assert.Contains("something else", Assert.Throws<InvalidDataException>(() => ShardCheckpoint.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_reader_would_accept_is_not_written()
    {
        byte[] room = new byte[ShardCheckpointFrame.SizeOf(2, 0, 1)];

        Assert.Throws<ArgumentException>(() => ShardCheckpointFrame.Write(room, Sample.Header, [605, 601], [], [1]));
        Assert.Throws<ArgumentException>(() => ShardCheckpointFrame.Write(room, Sample.Header with { Incarnation = 0 }, [601, 605], [], [1]));
        Assert.Throws<ArgumentException>(() => ShardCheckpointFrame.Write(room.AsSpan(1), Sample.Header, [601, 605], [], [1]));
        Assert.All(room, one => Assert.Equal(0, one));
    }

    [Fact]
    public void Writing_makes_no_other_copy_of_the_slice()
    {
        float[] slice = new float[100_000];
        byte[] room = new byte[ShardCheckpointFrame.SizeOf(0, 0, slice.Length)];
        ShardCheckpointFrame.Write(room, Sample.Header, [], [], slice);

        Assert.Equal(0, AllocatedBytes.Of(() => ShardCheckpointFrame.Write(room, Sample.Header, [], [], slice)));
    }

    private static ShardCheckpoint Make(int[] gaps, int[] lives, float[] slice)
    {
        const long Watermark = 1000;
        long ticket = Watermark;
        long[] exceptions = [.. gaps.Select(gap => ticket += 1 + (gap & 0xFFFF))];
        WorkerRow[] workers = [.. lives.Select((life, worker) => new WorkerRow(worker * 3, life & 0xFFF, (life & 0xFFFFFF) - 1L))];
        return new(new(0, 1, 5, Watermark, Watermark), exceptions, workers, slice.Length == 0 ? [float.NaN] : slice);
    }

    private static void AssertEqual(ShardCheckpoint expected, ShardCheckpoint actual)
    {
        Assert.Equal(expected.Header, actual.Header);
        Assert.Equal(expected.Exceptions, actual.Exceptions);
        Assert.Equal(expected.Workers, actual.Workers);
        Assert.Equal(expected.Slice.Select(BitConverter.SingleToUInt32Bits), actual.Slice.Select(BitConverter.SingleToUInt32Bits));
    }

    private static void Reseal(byte[] bytes)
    {
        const int HeaderEnd = ShardCheckpointFrame.HeaderSize - sizeof(uint);
        if (bytes.Length >= ShardCheckpointFrame.HeaderSize + sizeof(uint))
        {
            int end = bytes.Length - sizeof(uint);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeaderEnd), Crc32C.Of(bytes.AsSpan(0, HeaderEnd)));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(end), Crc32C.Of(bytes.AsSpan(0, end)));
        }
    }
}
