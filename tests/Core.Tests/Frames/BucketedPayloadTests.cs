using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Frames;

/// <summary>Goal: levels and signs decode to what the page says, and damage is found. Method: a bit-by-bit model, and a trial.</summary>
public class BucketedPayloadTests
{
    // Lengths around every vector width and the decoder's block, and buckets that begin at any bit of a byte.
    private static readonly Arbitrary<(int Length, int Bucket, int Offset, int Bits, int Seed)> Shapes =
        (from length in Gen.Elements(1, 2, 7, 8, 9, 15, 16, 31, 33, 64, 65, 100, 1023, 1024, 1025, 3000)
         from bucket in Gen.Elements(1, 2, 3, 7, 8, 9, 16, 40, 511, 512, 1024, 5000, 1 << 30)
         from offset in Gen.Choose(0, bucket - 1)
         from bits in Gen.Choose(2, 8)
         from seed in Gen.Choose(0, int.MaxValue)
         select (length, bucket, offset, bits, seed)).ToArbitrary();

    [Fact]
    public void Levels_decode_as_the_model_does() =>
        Prop.ForAll(Shapes, shape =>
        {
            Random random = new(shape.Seed);
            int half = 1 << (shape.Bits - 1);
            int[] levels = [.. Enumerable.Range(0, shape.Length).Select(_ => random.Next(-half, half))];
            float[] steps = Scales(random, shape.Length, shape.Bucket, shape.Offset);
            byte[] payload = SampleFrames.Levels(shape.Bucket, shape.Offset, shape.Bits, steps, levels);

            AssertMeans(PayloadKind.Levels, payload, SampleFrames.ValuesOfLevels(shape.Bucket, shape.Offset, steps, levels));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Signs_decode_as_the_model_does() =>
        Prop.ForAll(Shapes, shape =>
        {
            Random random = new(shape.Seed);
            bool masked = random.Next(2) == 0;
            int[] signs = [.. Enumerable.Range(0, shape.Length).Select(_ => masked ? random.Next(-1, 2) : random.Next(2) * 2 - 1)];
            float[] plus = Scales(random, shape.Length, shape.Bucket, shape.Offset);
            float[]? minus = random.Next(2) == 0 ? null : Scales(random, shape.Length, shape.Bucket, shape.Offset);
            byte[] payload = SampleFrames.Signs(shape.Bucket, shape.Offset, plus, minus, signs, masked);

            AssertMeans(PayloadKind.Signs, payload, SampleFrames.ValuesOfSigns(shape.Bucket, shape.Offset, plus, minus, signs));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 0, "bucket at byte 0 is 0; use 1 to 1073741824.")]
    [InlineData(0, -1, "bucket at byte 0 is -1; use 1 to 1073741824.")]
    [InlineData(4, 8, "offset at byte 4 is 8, but a bucket has 8 coordinates.")]
    [InlineData(4, -1, "offset at byte 4 is -1, but a bucket has 8 coordinates.")]
    [InlineData(8, 1, "form at byte 8 is 1; use 2 to 8.")]
    [InlineData(8, 9, "form at byte 8 is 9; use 2 to 8.")]
    [InlineData(8, 0x0103, "form at byte 8 is 259; use 2 to 8.")]
    [InlineData(12, 0x7F80_0000, "scale 0 at byte 12 is Infinity; use a finite number, 0 or more.")]
    [InlineData(16, 0x7FC0_0000, "scale 1 at byte 16 is NaN; use a finite number, 0 or more.")]
    [InlineData(16, unchecked((int)0x8000_0001), "scale 1 at byte 16 is -1E-45; use a finite number, 0 or more.")]
    [InlineData(16, 0x7F00_0000, "scale 1 at byte 16 is 1.7014118E+38; 4 times that is not finite.")]
    public void Wrong_field_of_levels_is_named_with_its_byte_and_limit(int at, int number, string expected)
    {
        byte[] payload = SampleFrames.LevelsPushFrame()[96..];
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(at), number);

        AssertRefused(PayloadKind.Levels, payload, "Levels payload: " + expected);
    }

    [Fact]
    public void Form_that_does_not_fit_the_size_is_refused()
    {
        byte[] payload = SampleFrames.LevelsPushFrame()[96..];
        payload[8] = 5;

        AssertRefused(PayloadKind.Levels, payload, "Levels payload has 25 bytes, but 11 coordinates in 2 buckets of form 5 take 27.");
    }

    [Fact]
    public void Bits_beyond_the_last_coordinate_are_refused()
    {
        byte[] levels = SampleFrames.LevelsPushFrame()[96..];
        levels[^1] |= 0x02;
        byte[] signs = SampleFrames.SignsPushFrame()[96..];
        signs[^1] |= 0x08;

        AssertRefused(PayloadKind.Levels, levels, "Levels payload: byte 24 is 02, but only its lowest 1 bits are used.");
        AssertRefused(PayloadKind.Signs, signs, "Signs payload: byte 21 is 0D, but only its lowest 3 bits are used.");
    }

    [Fact]
    public void Sign_of_a_coordinate_that_is_not_sent_is_refused()
    {
        byte[] payload = SampleFrames.MaskedSignsPushFrame()[96..];
        payload[28] |= 0x04;

        AssertRefused(
            PayloadKind.Signs, payload,
            "Signs payload: the signs at byte 28 are 26, but the mask at byte 30 is AB; what is not sent has no sign.");
    }

    [Fact]
    public void Refused_payload_changes_nothing()
    {
        byte[] frame = SampleFrames.LevelsPushFrame();
        frame[^1] |= 0x80;
        float[] parameters = new float[11];

        Assert.Throws<InvalidDataException>(() => FramePayload.Apply(parameters, SampleFrames.LevelsPush, frame.AsSpan(96)));

        Assert.Equal(new float[11], parameters);
    }

    [Theory]
    [InlineData(16, "payloadSize at byte 88 is 16, but kind Levels with length 11 takes 19 to 67")]
    [InlineData(68, "payloadSize at byte 88 is 68, but kind Levels with length 11 takes 19 to 67")]
    public void Size_that_no_payload_of_that_length_can_have_is_refused_by_the_header(int size, string expected)
    {
        byte[] frame = SampleFrames.LevelsPushFrame();
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(88), size);

        var error = Assert.Throws<InvalidDataException>(() => PushFrame.ReadHeader(SampleFrames.Resealed(frame, PushFrame.HeaderSize)));

        Assert.Equal($"Push frame: {expected}.", error.Message);
    }

    [Theory]
    [InlineData(PayloadKind.Levels, 30_401)]
    [InlineData(PayloadKind.Signs, 30_402)]
    public void Decoder_survives_noise_and_mutated_payloads(PayloadKind kind, int seed)
    {
        byte[][] samples = kind == PayloadKind.Levels
            ? [SampleFrames.LevelsPushFrame()[96..], SampleFrames.Levels(16, 3, 8, [2], [1, 2, 3, -4, -128, 127, 7, 0, 0, 1, 1])]
            : [SampleFrames.SignsPushFrame()[96..], SampleFrames.MaskedSignsPushFrame()[96..]];

        DecoderTrial.Run(samples, _ => { }, payload => Decode(kind, payload), seed);
    }

    [Fact]
    public void Decoder_that_does_not_check_the_offset_is_caught()
    {
        Exception error = Assert.ThrowsAny<Exception>(() => DecoderTrial.Run(
            [SampleFrames.LevelsPushFrame()[96..]],
            _ => { },
            payload => FramePayload.CopyTo(new float[11], PayloadKind.Levels, payload, 11),
            seed: 30_403));

        Assert.StartsWith("Seed 30403, input 0 made ", error.Message, StringComparison.Ordinal);
    }

    // All finite after a payload was accepted: nothing that is not may reach the parameters.
    private static void Decode(PayloadKind kind, byte[] payload)
    {
        FramePayload.Validate(kind, payload, 11, 11);
        float[] values = new float[11];
        FramePayload.CopyTo(values, kind, payload, 11);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
    }

    private static float[] Scales(Random random, int length, int bucket, int offset) =>
        [.. Enumerable.Range(0, (int)(((long)offset + length + bucket - 1) / bucket)).Select(_ => random.Next(4) == 0 ? 0 : random.NextSingle())];

    private static void AssertMeans(PayloadKind kind, byte[] payload, float[] values)
    {
        FramePayload.Validate(kind, payload, values.Length, values.Length);

        float[] copied = new float[values.Length];
        FramePayload.CopyTo(copied, kind, payload, values.Length);
        Assert.Equal(values, copied);

        float[] parameters = [.. Enumerable.Repeat(1f, values.Length)];
        FramePayload.SubtractFrom(parameters, kind, payload, values.Length);
        Assert.Equal(values.Select(value => 1 - value), parameters);

        Assert.Equal(
            FramePayload.NormSquared(PayloadKind.Dense, SampleFrames.Dense(values), values.Length),
            FramePayload.NormSquared(kind, payload, values.Length));
    }

    private static void AssertRefused(PayloadKind kind, byte[] payload, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(kind, payload, 11, 11));

        Assert.Equal(expected, error.Message);
    }
}
