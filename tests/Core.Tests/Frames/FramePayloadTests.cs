using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Frames;

public class FramePayloadTests
{
    // Lengths around every vector width, so that whole vectors, pairs of them and tails all run.
    private static readonly int[] Lengths = [.. Enumerable.Range(1, 70), 127, 128, 129, 1000];

    private static readonly Arbitrary<(float[] Parameters, float[] Values, bool[] Chosen)> Updates =
        (from length in Gen.Choose(1, 60)
         from parameters in Gen.Choose(-1000, 1000).ArrayOf(length)
         from values in Gen.Choose(-1000, 1000).ArrayOf(length)
         from chosen in Gen.Choose(0, 1).ArrayOf(length)
         select (
             parameters.Select(i => i / 8f).ToArray(),
             values.Select(i => i / 8f).ToArray(),
             chosen.Select(i => i == 1).ToArray())).ToArbitrary();

    [Fact]
    public void Apply_subtracts_exactly_what_the_payload_says() =>
        Prop.ForAll(Updates, update =>
        {
            foreach ((PushHeader header, byte[] payload) in BothLayouts(update.Values, update.Chosen))
            {
                float[] expected = [.. update.Parameters];
                for (int i = 0; i < expected.Length; i++)
                {
                    expected[i] -= header.Kind == PayloadKind.Dense || update.Chosen[i] ? update.Values[i] : 0;
                }

                float[] parameters = [.. update.Parameters];
                FramePayload.Apply(parameters, header, payload);

                Assert.Equal(expected, parameters);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Copy_assigns_the_named_coordinates_and_no_other() =>
        Prop.ForAll(Updates, update =>
        {
            foreach ((PushHeader header, byte[] payload) in BothLayouts(update.Values, update.Chosen))
            {
                float[] view = [.. update.Parameters];
                FramePayload.CopyTo(view, header.Kind, payload, header.EntryCount);

                for (int i = 0; i < view.Length; i++)
                {
                    bool isSent = header.Kind == PayloadKind.Dense || update.Chosen[i];
                    Assert.Equal(isSent ? update.Values[i] : update.Parameters[i], view[i]);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Value_that_is_not_finite_is_found_wherever_it_stands_and_nothing_changes(float bad)
    {
        foreach (int length in Lengths)
        {
            for (int place = 0; place < length; place += length > 200 ? 37 : 1)
            {
                float[] values = Enumerable.Repeat(float.MaxValue, length).ToArray();
                values[place] = bad;
                float[] parameters = new float[length];
                PushHeader header = SampleFrames.DensePush with { Length = length, EntryCount = length, PayloadSize = length * 4 };

                var error = Assert.Throws<InvalidDataException>(() => FramePayload.Apply(parameters, header, SampleFrames.Dense(values)));

                Assert.StartsWith($"Dense payload: value {place} at byte {place * 4} is ", error.Message, StringComparison.Ordinal);
                Assert.Equal(new float[length], parameters);
            }
        }
    }

    [Fact]
    public void Value_that_is_not_finite_in_a_sparse_payload_is_named_with_its_byte()
    {
        byte[] payload = SampleFrames.Sparse([2, 7], [1, float.NaN]);

        var error = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.Sparse, payload, 2, 10));

        Assert.Equal("Sparse payload: value 1 at byte 12 is NaN, not a finite number; the sender's run diverged.", error.Message);
    }

    [Fact]
    public void Index_outside_the_shard_is_refused_with_its_byte_and_nothing_changes()
    {
        float[] parameters = new float[7];
        PushHeader header = SampleFrames.SparsePush with { Length = 7 };

        var error = Assert.Throws<InvalidDataException>(() =>
            FramePayload.Apply(parameters, header, SampleFrames.Sparse([2, 7], [1, 1])));

        Assert.Equal("Sparse payload: index 1 at byte 4 names coordinate 7, but the shard has 7.", error.Message);
        Assert.Equal(new float[7], parameters);
    }

    [Fact]
    public void Index_that_does_not_ascend_is_found_wherever_it_stands()
    {
        foreach (int count in Lengths.Where(count => count is > 1 and < 200))
        {
            for (int place = 1; place < count; place++)
            {
                uint[] indices = [.. Enumerable.Range(0, count).Select(i => (uint)i * 2)];
                indices[place] = indices[place - 1];
                byte[] payload = SampleFrames.Sparse(indices, new float[count]);

                var error = Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.Sparse, payload, count, 1000));

                Assert.StartsWith($"Sparse payload: index {place} at byte {place * 4} names coordinate ", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Index_above_the_largest_int_is_refused()
    {
        byte[] payload = SampleFrames.Sparse([1, 0xFFFF_FFFF], [1, 1]);

        Assert.Throws<InvalidDataException>(() => FramePayload.Validate(PayloadKind.Sparse, payload, 2, int.MaxValue));
    }

    [Fact]
    public void Push_for_a_shard_of_another_length_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentException>(() =>
            FramePayload.Apply(new float[4], SampleFrames.DensePush, SampleFrames.Dense(1, 2, 3)));

    [Fact]
    public void Norm_has_the_same_bits_as_sixteen_lanes_added_by_hand()
    {
        Random random = new(77);
        foreach (int length in Lengths)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
            double[] lanes = new double[16];
            double tail = 0;
            for (int i = 0; i < length; i++)
            {
                double square = (double)values[i] * values[i];
                _ = i < length / 16 * 16 ? lanes[i % 16] += square : tail += square;
            }

            double expected = 0;
            for (int quarter = 0; quarter < 16; quarter += 4)
            {
                expected += lanes[quarter] + lanes[quarter + 1] + lanes[quarter + 2] + lanes[quarter + 3];
            }

            Assert.Equal(expected + tail, FramePayload.NormSquared(PayloadKind.Dense, SampleFrames.Dense(values), length));
        }
    }

    [Fact]
    public void Payload_may_start_at_any_byte()
    {
        float[] values = [.. Enumerable.Range(1, 100).Select(i => i / 4f)];
        PushHeader header = SampleFrames.DensePush with { Length = 100, EntryCount = 100, PayloadSize = 400 };
        for (int shift = 0; shift < 8; shift++)
        {
            byte[] buffer = [.. new byte[shift], .. SampleFrames.Dense(values)];
            float[] parameters = new float[100];

            FramePayload.Apply(parameters, header, buffer.AsSpan(shift));

            Assert.Equal(values.Select(value => -value), parameters);
        }
    }

    [Fact]
    public void Validation_survives_any_bytes_with_any_counts()
    {
        Mutator counts = new(20_304);
        DecoderTrial.Run(
            [SampleFrames.Sparse([2, 7], [1, 2])],
            _ => { },
            payload =>
            {
                FramePayload.Validate(PayloadKind.Sparse, payload, payload.Length / 8, 10);
                PayloadKind kind = (PayloadKind)(byte)counts.NextInt();
                int length = counts.NextInt();
                try
                {
                    FramePayload.Validate(kind, payload, counts.NextInt(), length);
                }
                catch (InvalidDataException)
                {
                    // Counts that do not belong to the bytes: refused as they should be, and no reason to refuse the bytes.
                }
            },
            seed: 20_305);
    }

    [Fact]
    public void Size_of_an_unknown_kind_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FramePayload.SizeOf((PayloadKind)9, 1, 1));

    private static IEnumerable<(PushHeader Header, byte[] Payload)> BothLayouts(float[] values, bool[] chosen)
    {
        PushHeader header = SampleFrames.DensePush with { Length = values.Length };
        yield return (
            header with { Kind = PayloadKind.Dense, EntryCount = values.Length, PayloadSize = values.Length * 4 },
            SampleFrames.Dense(values));
        uint[] indices = [.. Enumerable.Range(0, values.Length).Where(i => chosen[i]).Select(i => (uint)i)];
        PayloadKind kind = indices.Length == 0 ? PayloadKind.None : PayloadKind.Sparse;
        yield return (
            header with { Kind = kind, EntryCount = indices.Length, PayloadSize = indices.Length * 8 },
            SampleFrames.Sparse(indices, [.. indices.Select(i => values[i])]));
    }
}
