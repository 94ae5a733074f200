using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: an update that goes as the gradient itself is the update that is multiplied and copied, bit by bit, and stays as it is while others may read it.</summary>
public sealed class LentUpdateTests : IDisposable
{
    private const float Rate = 0.3f;

    private readonly EncoderParts _parts = new();
    private readonly ShardMap _map;
    private readonly WorkerView _view;

    public LentUpdateTests() => (_map, _view) = (_parts.Map, _parts.View);

    [Fact]
    public void Shards_and_ledger_get_the_bits_of_the_update_that_is_copied()
    {
        EncoderPart lent = Create(new RunPlan());
        EncoderPart copied = Create(new RunPlan { Consistency = new ConsistencyPlan { Sketch = 64 } });
        for (int update = 0; update < 4; update++)
        {
            double bound = Encode(lent, update);
            Encode(copied, update);
            Assert.InRange(lent.Encoder.Norm, 0, bound);
            Assert.Equal(copied.Encoder.Norm, lent.Encoder.Norm);
            for (int shard = 0; shard < _map.Count; shard++)
            {
                PushHeader header = Apply(lent.Encoder, update, shard, out float[] parameters);
                PushHeader expected = Apply(copied.Encoder, update, shard, out float[] expectedParameters);

                Assert.Equal((PayloadKind.DenseScaled, PayloadKind.Dense), (header.Kind, expected.Kind));
                Assert.Equal(expectedParameters, parameters);
                Assert.Equal(expected with { Kind = header.Kind, PayloadSize = header.PayloadSize }, header);
                SliceRecord slice = lent.Encoder.Record(update).Slices[shard];
                SliceRecord expectedSlice = copied.Encoder.Record(update).Slices[shard];
                Assert.Equal((expectedSlice.NormSquared, expectedSlice.Projection), (slice.NormSquared, slice.Projection));
            }
        }
    }

    [Fact]
    public void Updates_that_a_keeper_still_has_stay_as_they_were()
    {
        EncoderPart part = Create(new RunPlan());
        part.Encoder.Secured(0);
        var sent = new List<byte[]>();
        for (int update = 0; update < 6; update++)
        {
            Encode(part, update);
            sent.Add(Bytes(part.Encoder.Kept(update)));
            part.Encoder.Answered(update);
            part.Encoder.Release(update);

            Assert.Equal(sent, part.Encoder.KeptFrom(0).Select(Bytes));
        }

        part.Encoder.Secured(long.MaxValue);
        Assert.Empty(part.Encoder.KeptFrom(0));
    }

    [Fact]
    public void Memory_used_again_too_early_is_caught()
    {
        EncoderPart part = Create(new RunPlan());
        Encode(part, 0);
        UpdateFrames frames = part.Encoder.Kept(0);
        byte[] sent = Bytes(frames);
        part.Encoder.Answered(0);
        part.Encoder.Release(0); // nobody keeps it: the next gradient but one is computed where it lies

        Encode(part, 1);
        Encode(part, 2);

        Assert.NotEqual(sent, Bytes(frames));
    }

    [Fact]
    public void Another_rate_once_the_ticket_is_known_is_the_rate_that_is_sent()
    {
        EncoderPart part = Create(new RunPlan());
        part.Step.Compute(_view, Steps.Single(0, 16));
        double bound = part.Encoder.NormBound(part.Step, Rate);

        Assert.True(part.Encoder.TryEncode(0, Steps.Single(0, 16), part.Step, Rate / 2));

        Assert.Equal(part.Encoder.Norm, bound / 2, 1e-5 * bound);
    }

    [Fact]
    public void Gradient_computed_in_the_same_memory_is_measured_anew()
    {
        EncoderPart part = Create(new RunPlan());
        part.Step.Compute(_view, Steps.Single(0, 16));
        double first = part.Encoder.NormBound(part.Step, Rate);

        part.Step.Compute(_view, Steps.Single(64, 16)); // the first got no ticket

        Assert.NotEqual(first, part.Encoder.NormBound(part.Step, Rate));
    }

    [Fact]
    public void Update_without_a_ticket_gives_its_number_back()
    {
        EncoderPart part = Create(new RunPlan());
        Encode(part, 0);

        part.Encoder.Discard(0);
        Encode(part, 0);

        Assert.Equal(PayloadKind.DenseScaled, Apply(part.Encoder, 0, 0, out _).Kind);
    }

    [Fact]
    public void Gradient_that_is_not_finite_is_refused()
    {
        EncoderPart part = Create(new RunPlan());
        part.Step.Compute(_view, Steps.Single(0, 16));
        part.Step.Gradient[3] = float.PositiveInfinity;

        Assert.False(double.IsFinite(part.Encoder.NormBound(part.Step, Rate)));
        Assert.False(part.Encoder.TryEncode(0, Steps.Single(0, 16), part.Step, Rate));
        Assert.Equal(-1, part.Encoder.SequenceEncoded);
    }

    [Theory]
    [InlineData(RulePlan.Momentum)]
    [InlineData(RulePlan.Adam)]
    public void Vector_that_its_rule_keeps_is_not_lent(string rule)
    {
        EncoderPart part = Create(new RunPlan { Rule = new RulePlan { Kind = rule } });

        Encode(part, 0);

        Assert.True(part.Encoder.Values(0, 0).IsEmpty);
        Assert.Equal(PayloadKind.Dense, Apply(part.Encoder, 0, 0, out _).Kind);
    }

    [Fact]
    public void Flush_after_lent_updates_is_whole()
    {
        EncoderPart part = Create(new RunPlan());
        Encode(part, 0);
        part.Encoder.Answered(0);
        part.Encoder.Release(0);

        part.Encoder.Flush(1, Steps.Single(16, 0), _view);
        part.Encoder.Seal(1, 9, 9);

        Assert.True(part.Encoder.Values(1, 0).IsEmpty);
        Assert.Equal(PayloadKind.None, Apply(part.Encoder, 1, 0, out _).Kind);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        EncoderPart part = Create(new RunPlan());
        float[] gradient = Steps.Bell(_map.Dimension, 3);
        part.Step.Compute(_view, Steps.Single(0, 16));
        long sequence = 0;
        Repeat(20);

        Assert.Equal(0, AllocatedBytes.Of(() => Repeat(100)));

        void Repeat(int count)
        {
            for (int i = 0; i < count; i++, sequence++)
            {
                gradient.CopyTo(part.Step.Gradient, 0);
                part.Encoder.NormBound(part.Step, Rate);
                part.Encoder.TryEncode(sequence, Steps.Single(0, 16), part.Step, Rate);
                part.Encoder.Seal(sequence, sequence, sequence);
                part.Encoder.Answered(sequence);
                part.Encoder.LedgerSent();
                part.Encoder.Release(sequence);
            }
        }
    }

    public void Dispose() => _parts.Dispose();

    private EncoderPart Create(RunPlan plan) => _parts.Create(plan with { Batch = 16, Shards = 3, Seed = 5 });

    // What is said of its norm before it is encoded.
    private double Encode(EncoderPart part, long sequence)
    {
        part.Step.Compute(_view, Steps.Single((int)sequence * 16, 16));
        double bound = part.Encoder.NormBound(part.Step, Rate);
        Assert.True(part.Encoder.TryEncode(sequence, Steps.Single((int)sequence * 16, 16), part.Step, Rate));
        part.Encoder.Seal(sequence, sequence, sequence);
        return bound;
    }

    // A shard of its own takes the update.
    private PushHeader Apply(UpdateEncoder encoder, long sequence, int shard, out float[] parameters)
    {
        var home = new ParameterShard(shard, 1, Steps.Bell(_map[shard].Length, 9));
        home.PushAndView(
            encoder.Frame(sequence, shard).Span, encoder.Values(sequence, shard).Span, 0, 1, out PushHeader header, out PushOutcome outcome);
        Assert.Equal(PushOutcomeKind.Applied, outcome.Kind);
        parameters = home.Parameters.ToArray();
        return header;
    }

    private static byte[] Bytes(UpdateFrames frames) =>
        [.. frames.Frames.SelectMany(frame => frame.ToArray()), .. frames.Values.SelectMany(values => values.ToArray())];
}
