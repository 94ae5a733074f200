using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Frames;

public class PushFrameTests
{
    private static readonly Arbitrary<PushHeader> Headers =
        (from kind in Gen.Elements(PayloadKind.None, PayloadKind.Dense, PayloadKind.Sparse, PayloadKind.DenseScaled)
         from length in Gen.Choose(1, 50)
         from sparseCount in Gen.Choose(1, length)
         from small in Gen.Choose(0, int.MaxValue).ArrayOf(6)
         from large in Gen.Choose(0, int.MaxValue).ArrayOf(4)
         from slotCount in Gen.Choose(1, 1000)
         let count = kind switch { PayloadKind.None => 0, PayloadKind.Sparse => sparseCount, _ => length }
         select new PushHeader
         {
             Kind = kind,
             Shard = small[0],
             ShardIncarnation = small[1],
             Worker = small[2],
             Incarnation = small[3],
             SampleCount = small[4],
             Sequence = large[0] * 3L,
             Ticket = large[1] * 5L,
             Round = large[2] - 1L,
             ViewVersion = large[3] * 7L,
             SlotCount = slotCount,
             Slot = small[5] % slotCount,
             Rate = small[0] / 1024f,
             NormSquared = small[1] / 3.0,
             Length = length,
             EntryCount = count,
             PayloadSize = FramePayload.SizeOf(kind, count, length),
         }).ToArbitrary();

    [Fact]
    public void Header_read_is_the_header_written() =>
        Prop.ForAll(Headers, header =>
            PushFrame.ReadHeader(SampleFrames.Push(header, new byte[header.PayloadSize])) == header).QuickCheckThrowOnFailure();

    [Fact]
    public void Checksum_is_crc32c()
    {
        Assert.Equal(0xE306_9283u, SampleFrames.Crc32CByTheBook("123456789"u8));

        byte[] frame = SampleFrames.DensePushFrame();

        Assert.Equal(
            SampleFrames.Crc32CByTheBook(frame.AsSpan(0, 92)), BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(92)));
    }

    [Fact]
    public void Every_flipped_bit_of_the_header_is_noticed()
    {
        for (int bit = 0; bit < PushFrame.HeaderSize * 8; bit++)
        {
            byte[] frame = SampleFrames.DensePushFrame();
            frame[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(frame));
        }
    }

    [Theory]
    [InlineData(6, 8, "kind at byte 6 is 8; the largest known is 7")]
    [InlineData(6, 3, "entryCount at byte 84 is 2, which does not fit kind Levels and length 10")]
    [InlineData(7, 1, "flags at byte 7 are 01; this build knows none")]
    [InlineData(80, 0, "length at byte 80 is 0; a shard has at least 1 coordinate")]
    [InlineData(84, 11, "entryCount at byte 84 is 11, which does not fit kind Sparse and length 10")]
    [InlineData(84, 0, "entryCount at byte 84 is 0, which does not fit kind Sparse and length 10")]
    [InlineData(88, 12, "payloadSize at byte 88 is 12, but kind Sparse with 2 entries takes 16")]
    [InlineData(48, 1, "slot at byte 48 is 1, but slotCount is 1")]
    [InlineData(52, 0, "slotCount at byte 52 is 0; the least is 1")]
    public void Wrong_field_is_named_with_its_byte_and_limit(int offset, byte value, string expected)
    {
        byte[] frame = SampleFrames.SparsePushFrame();
        frame[offset] = value;

        var error = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(SampleFrames.Resealed(frame, PushFrame.HeaderSize)));

        Assert.Equal($"Push frame: {expected}.", error.Message);
    }

    [Theory]
    [InlineData(8, 4, "shard")]
    [InlineData(12, 4, "shardIncarnation")]
    [InlineData(16, 4, "worker")]
    [InlineData(20, 4, "incarnation")]
    [InlineData(24, 8, "sequence")]
    [InlineData(32, 8, "ticket")]
    [InlineData(40, 8, "round")]
    [InlineData(48, 4, "slot")]
    [InlineData(56, 8, "viewVersion")]
    [InlineData(64, 4, "rate")]
    [InlineData(68, 4, "sampleCount")]
    [InlineData(72, 8, "normSquared")]
    public void Negative_field_is_refused(int offset, int size, string field)
    {
        byte[] frame = SampleFrames.DensePushFrame();
        frame[offset + size - 1] |= 0x80;

        var error = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(SampleFrames.Resealed(frame, PushFrame.HeaderSize)));

        Assert.StartsWith($"Push frame: {field} at byte {offset} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_and_norm_that_are_not_finite_are_refused()
    {
        byte[] frame = SampleFrames.DensePushFrame();
        BinaryPrimitives.WriteSingleLittleEndian(frame.AsSpan(64), float.NaN);
        Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(SampleFrames.Resealed(frame, PushFrame.HeaderSize)));

        frame = SampleFrames.DensePushFrame();
        BinaryPrimitives.WriteDoubleLittleEndian(frame.AsSpan(72), double.PositiveInfinity);
        Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(SampleFrames.Resealed(frame, PushFrame.HeaderSize)));
    }

    [Fact]
    public void Frame_of_another_size_is_refused()
    {
        byte[] frame = SampleFrames.DensePushFrame();

        var cut = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(frame.AsSpan(0, 107)));
        var headless = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(frame.AsSpan(0, 95)));
        var wide = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader([.. frame, 0]));

        Assert.Equal("Push frame has 107 bytes, but payloadSize at byte 88 is 12, which makes 108; it was cut short.", cut.Message);
        Assert.Equal("Push frame has 95 bytes, but its header takes 96; it was cut short.", headless.Message);
        Assert.EndsWith("it was not sliced to its size.", wide.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PayloadKind.DenseScaled, 100, 12, null)]
    [InlineData(PayloadKind.DenseScaled, 104, 8, "Push frame of kind DenseScaled has 104 bytes, and 8 of values beside it")]
    [InlineData(PayloadKind.DenseScaled, 100, 8, "Push frame has 108 bytes, but payloadSize at byte 88 is 16, which makes 112; it was cut short.")]
    [InlineData(PayloadKind.Dense, 96, 12, "Push frame of kind Dense has 96 bytes, and 12 of values beside it")]
    public void Only_scaled_values_lie_beside_their_frame_and_all_of_them(PayloadKind kind, int size, int beside, string? mistake)
    {
        byte[] whole = kind == PayloadKind.Dense ? SampleFrames.DensePushFrame() : SampleFrames.DenseScaledPushFrame();

        Exception? error = Record.Exception(() => PushFrame.ReadHeader(whole.AsSpan(0, size), beside));

        Assert.Equal(mistake is null ? null : typeof(InvalidDataException), error?.GetType());
        Assert.StartsWith(mistake ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NegativeInfinity)]
    [InlineData(2f, float.MaxValue)]
    public void Product_that_is_not_finite_is_named(float scale, float value)
    {
        byte[] payload = SampleFrames.Dense(scale, 0, value);

        var error = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.DenseScaled, payload, 2, 2));

        string place = float.IsNaN(scale) ? "value 0 at byte 4 is 0" : $"value 1 at byte 8 is {value}";
        Assert.Equal($"DenseScaled payload: {place}, times the scale {scale} not a finite number; the sender's run diverged.", error.Message);
    }

    [Fact]
    public void View_frame_is_not_taken_for_a_push()
    {
        byte[] view = [.. SampleFrames.SparseViewFrame(), .. new byte[64]];

        var error = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(view));

        Assert.Equal("Push frame: magic at byte 0 is 4656534F, expected 4650534F; these bytes are something else.", error.Message);
    }

    [Fact]
    public void Frame_of_a_later_layout_is_refused_with_the_remedy()
    {
        byte[] frame = SampleFrames.DensePushFrame();
        frame[4] = 2;

        var error = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(frame));

        Assert.Equal("Push frame: layout at byte 4 is 2, but this build reads 1; run the same version on every silo.", error.Message);
    }

    [Fact]
    public void Header_that_no_reader_accepts_is_not_written()
    {
        byte[] frame = new byte[108];

        Assert.Throws<ArgumentException>(() => PushFrame.WriteHeader(frame, SampleFrames.DensePush with { Slot = 8 }));
        Assert.Throws<ArgumentException>(() => PushFrame.WriteHeader(frame, SampleFrames.DensePush with { PayloadSize = 8 }));
        Assert.Throws<ArgumentException>(() => PushFrame.WriteHeader(frame.AsSpan(0, 95), SampleFrames.DensePush));

        Assert.Equal(new byte[108], frame);
    }

    [Fact]
    public void Decoder_survives_noise_and_mutated_frames() =>
        DecoderTrial.Run(
            [
                SampleFrames.DensePushFrame(), SampleFrames.SparsePushFrame(), SampleFrames.Push(SampleFrames.EmptyPush, []),
                SampleFrames.LevelsPushFrame(), SampleFrames.SignsPushFrame(), SampleFrames.MaskedSignsPushFrame(), SampleFrames.DenseScaledPushFrame(),
            ],
            frame => SampleFrames.Resealed(frame, PushFrame.HeaderSize),
            Decode,
            seed: 20_301);

    [Fact]
    public void Decoder_that_trusts_its_input_is_caught()
    {
        float[] parameters = new float[10];

        Exception error = Assert.ThrowsAny<Exception>(() => DecoderTrial.Run(
            [SampleFrames.SparsePushFrame()],
            _ => { },
            frame => parameters[BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(96))]++,
            seed: 20_302));

        Assert.StartsWith("Seed 20302, input 0 made ArgumentOutOfRangeException", error.Message, StringComparison.Ordinal);
    }

    private static void Decode(byte[] frame)
    {
        PushHeader header = PushFrame.ReadHeader(frame);
        ReadOnlySpan<byte> payload = PushFrame.Payload(frame, header);
        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        if (header.Length <= 1000)
        {
            FramePayload.Apply(new float[header.Length], header, payload);
        }
    }
}
