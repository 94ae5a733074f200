using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Tests.Frames;

/// <summary>Goal: bfloat16 is rounded as its definition says, by every loop. Method: all 2¹⁶ of them, and the two neighbours of any float.</summary>
public class Bfloat16Tests
{
    [Fact]
    public void Every_finite_bfloat16_is_a_float_and_rounds_to_itself()
    {
        ushort[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => (ushort)bits).Where(bits => (bits & 0x7F80) != 0x7F80)];
        float[] values = new float[all.Length];
        ushort[] again = new ushort[all.Length];

        Bfloat16Loops.Widen(all, values);
        Bfloat16Loops.Round(values, again);

        Assert.Equal(all, again);
        Assert.Equal(all, values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)));
    }

    [Fact]
    public void Rounding_takes_the_nearer_neighbour_and_of_two_as_near_the_even_one()
    {
        Random random = new(16);
        for (int trial = 0; trial < 200_000; trial++)
        {
            // Ties are one in 65 536: most trials are put on one or right beside it.
            uint bits = (uint)random.NextInt64(1L << 32);
            bits = trial % 4 == 0 ? bits : (bits & 0xFFFF_0000) | (uint)(0x8000 + (trial % 4) - 2);
            float value = BitConverter.UInt32BitsToSingle(bits);
            if (!float.IsFinite(value))
            {
                continue;
            }

            ushort below = (ushort)(bits >> 16);
            double toBelow = Math.Abs((double)value - Bfloat16Loops.Widen(below));
            double gap = Math.Abs((double)Bfloat16Loops.Widen((ushort)(below & 0x7F80)) * (1.0 / 128)); // of this exponent
            gap = (below & 0x7F80) == 0 ? Bfloat16Loops.Widen(1) : gap;
            double toAbove = gap - toBelow;
            int expected = toBelow < toAbove || (toBelow == toAbove && below % 2 == 0) ? below : below + 1;

            Assert.Equal(expected, Bfloat16Loops.Round(value));
            float rest = value - Bfloat16Loops.Widen(Bfloat16Loops.Round(value));
            if (float.IsFinite(rest))
            {
                Assert.Equal(value, rest + Bfloat16Loops.Widen(Bfloat16Loops.Round(value))); // what is left fits a float
            }
        }
    }

    [Fact]
    public void Loops_round_and_widen_as_single_values_do_whatever_the_length()
    {
        Random random = new(17);
        for (int length = 0; length < 70; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-38, 38))))];
            ushort[] bits = new ushort[length];
            float[] again = new float[length];

            Bfloat16Loops.Round(values, bits);
            Bfloat16Loops.Widen(bits, again);

            Assert.Equal(values.Select(Bfloat16Loops.Round), bits);
            Assert.Equal(bits.Select(Bfloat16Loops.Widen), again);
        }
    }

    [Fact]
    public void Values_that_are_too_large_become_infinite_and_are_found_wherever_they_stand()
    {
        Assert.Equal(0x7F80, Bfloat16Loops.Round(float.MaxValue));
        for (int length = 1; length < 70; length++)
        {
            ushort[] bits = [.. Enumerable.Repeat((ushort)0x7F7F, length)];
            Assert.Equal(-1, Bfloat16Loops.IndexOfNonFinite(bits));
            for (int place = 0; place < length; place++)
            {
                bits[place] = (ushort)(place % 2 == 0 ? 0xFF80 : 0x7FC0);
                Assert.Equal(place, Bfloat16Loops.IndexOfNonFinite(bits));
                bits[place] = 0x7F7F;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Payload_is_subtracted_copied_decoded_and_measured_as_the_same_values_in_floats(bool isSparse)
    {
        uint[] indices = [.. Enumerable.Range(0, 1500).Select(i => (uint)(2 * i))];
        float[] values = [.. indices.Select(i => (i % 17) - 8f)];
        int length = isSparse ? 3000 : values.Length;
        (PayloadKind whole, byte[] floats, PayloadKind rounded, byte[] halves) = isSparse
            ? (PayloadKind.Sparse, SampleFrames.Sparse(indices, values), PayloadKind.SparseBfloat16, SampleFrames.SparseBfloat16(indices, values))
            : (PayloadKind.Dense, SampleFrames.Dense(values), PayloadKind.DenseBfloat16, SampleFrames.Bfloat16(values));
        float[] expected = new float[length];
        float[] actual = new float[length];
        FramePayload.SubtractFrom(expected, whole, floats, values.Length);

        FramePayload.Validate(rounded, halves, values.Length, length);
        FramePayload.SubtractFrom(actual, rounded, halves, values.Length);

        Assert.Equal(expected, actual);
        Assert.Equal(FramePayload.NormSquared(whole, floats, values.Length), FramePayload.NormSquared(rounded, halves, values.Length));
        FramePayload.CopyTo(actual, rounded, halves, values.Length);
        Assert.Equal(expected, actual.Select(value => 0 - value));
        float[] decoded = new float[values.Length];
        FramePayload.Decode(rounded, halves, values.Length, decoded);
        Assert.Equal(values, decoded);
    }

    [Fact]
    public void Damaged_payload_is_refused_with_its_byte()
    {
        byte[] sparse = SampleFrames.SparseBfloat16([2, 7], [1, float.PositiveInfinity]);
        var infinite = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.SparseBfloat16, sparse, 2, 10));
        Assert.Equal("SparseBfloat16 payload: value 1 at byte 10 is Infinity, not a finite number; the sender's run diverged.", infinite.Message);

        byte[] dense = SampleFrames.Bfloat16(1, float.NaN, 2);
        var wrong = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.DenseBfloat16, dense, 3, 3));
        Assert.Equal("DenseBfloat16 payload: value 1 at byte 2 is NaN, not a finite number; the sender's run diverged.", wrong.Message);

        var size = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.DenseBfloat16, dense, 4, 4));
        Assert.Equal("Payload: payloadSize is 6, but kind DenseBfloat16 with 4 entries takes 8.", size.Message);
        Assert.Throws<InvalidDataException>(() => FramePayload.Validate(
            PayloadKind.SparseBfloat16, SampleFrames.SparseBfloat16([7, 2], [1, 1]), 2, 10));
    }
}
