using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: the ledger is told exactly what the shards will decode, and what was held back or dropped.</summary>
public sealed class UpdateEncoderTests : IDisposable
{
    private const float Rate = 0.25f;
    private const string RoundedDense = "dense in bfloat16";
    private const string RoundedTopK = "top-k in bfloat16";

    private readonly EncoderParts _parts = new();
    private readonly ShardMap _map;
    private readonly WorkerView _view;

    public UpdateEncoderTests() => (_map, _view) = (_parts.Map, _parts.View);

    public static TheoryData<string, bool, string> Plans
    {
        get
        {
            var plans = new TheoryData<string, bool, string>();
            foreach (string rule in RulePlan.Kinds)
            {
                plans.Add(CodecPlan.Dense, true, rule);
                foreach (string codec in (string[])[RoundedDense, RoundedTopK, CodecPlan.TopK, CodecPlan.RandomK, CodecPlan.Qsgd, CodecPlan.OneBit, CodecPlan.AboveThreshold])
                {
                    plans.Add(codec, true, rule);
                    plans.Add(codec, false, rule);
                }
            }

            return plans;
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Record_says_of_each_slice_what_its_shard_decodes(string codecKind, bool feedback, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, feedback, ruleKind));
        for (int update = 0; update < 3; update++)
        {
            Encode(part, update, Steps.Single(update * 16, 16));
            TicketRecord record = part.Encoder.Record(update);
            for (int shard = 0; shard < _map.Count; shard++)
            {
                float[] arrived = Decode(part, update, shard, out PushHeader header);
                SliceRecord slice = record.Slices[shard];
                Assert.Equal(header.NormSquared, slice.NormSquared);
                Assert.Equal(new ShardProjection(part.Plan.Seed, shard, arrived.Length).Of(arrived), slice.Projection, 1e-5);
                Assert.Equal((5L, 5L, 1), (header.ViewVersion, slice.ViewVersion, header.ShardIncarnation));
                Assert.Equal(record.Rate, (double)header.Rate);
                double[] sketch = new double[64];
                new CountSketch(64, part.Plan.Seed, shard).Add(arrived, sketch);
                for (int i = 0; i < sketch.Length; i++)
                {
                    Assert.Equal(sketch[i], record.Sketch(shard)[i], 1e-5);
                }
            }

            Assert.Equal((EncoderParts.Worker, EncoderParts.Incarnation, 16, 1), (record.Worker, record.Incarnation, record.SampleCount, record.SlotCount));
            Assert.Equal(Math.Sqrt(Steps.NormSquared(record)), part.Encoder.Norm, 1e-9);
            Assert.Null(record.Mistake());
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Record_says_what_is_held_back_and_what_is_dropped(string codecKind, bool feedback, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, feedback, ruleKind));
        for (int update = 0; update < 3; update++)
        {
            Encode(part, update, Steps.Single(update * 16, 16));
            TicketRecord record = part.Encoder.Record(update);
            double held = Math.Sqrt(part.Codec.ResidualNormSquared) + part.Rule.HeldNorm;
            double unsent = Math.Sqrt(part.Codec.Gamma * part.Codec.UpdateNormSquared);

            // The residual's norm comes from the codec's own sums, before the rest is rounded to f32 once more.
            Assert.Equal(held, Math.Sqrt(record.ResidualNormSquared), 1e-5 * (1 + held));
            Assert.Equal(part.Codec.Residual.IsEmpty ? unsent : 0, Math.Sqrt(record.DroppedNormSquared), 9);
            Assert.Equal(part.Codec.Gamma, record.Gamma);
            CheckHeldSketch(part, record);
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Norm_bound_before_encoding_is_never_below_the_norm_that_is_sent(string codecKind, bool feedback, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, feedback, ruleKind));
        for (int update = 0; update < 4 && ruleKind != RulePlan.Adam; update++)
        {
            part.Step.Compute(_view, Steps.Single(update * 16, 16));
            double bound = part.Encoder.NormBound(part.Step, Rate);

            Assert.True(part.Encoder.TryEncode(update, Steps.Single(update * 16, 16), part.Step, Rate));

            Assert.InRange(part.Encoder.Norm, 0, bound);
        }
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Update_without_a_ticket_never_was(string codecKind, bool feedback, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, feedback, ruleKind));
        EncoderPart other = _parts.Create(Plan(codecKind, feedback, ruleKind));
        Encode(part, 0, Steps.Single(0, 16));
        Encode(other, 0, Steps.Single(0, 16));

        part.Step.Compute(_view, Steps.Single(64, 16));
        Assert.True(part.Encoder.TryEncode(1, Steps.Single(64, 16), part.Step, Rate));
        part.Encoder.Discard(1);
        Assert.Equal(0, part.Encoder.SequenceEncoded);

        Encode(part, 1, Steps.Single(16, 16));
        Encode(other, 1, Steps.Single(16, 16));
        for (int shard = 0; shard < _map.Count; shard++)
        {
            Assert.Equal(other.Encoder.Frame(1, shard).ToArray(), part.Encoder.Frame(1, shard).ToArray());
        }
    }

    [Fact]
    public void Rate_under_momentum_is_what_each_gradient_comes_to()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.Dense, true, RulePlan.Momentum));

        Encode(part, 0, Steps.Single(0, 16));

        Assert.Equal(Rate / (1 - 0.9), part.Encoder.Record(0).Rate, 1e-5);
        Assert.Equal(9 * part.Encoder.Norm, Math.Sqrt(part.Encoder.Record(0).ResidualNormSquared), 1e-4 * part.Encoder.Norm);
    }

    [Fact]
    public void Clipped_off_mass_is_dropped_mass()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.Dense, true, RulePlan.Sgd) with { Rule = new RulePlan { ClipNorm = 0.125 } });

        Encode(part, 0, Steps.Single(0, 16));

        Assert.True(part.Step.ClippedNorm > 0);
        Assert.Equal(Rate * part.Step.ClippedNorm, Math.Sqrt(part.Encoder.Record(0).DroppedNormSquared), 9);
        Assert.Equal(Rate * 0.125, part.Encoder.Norm, 6);
    }

    [Fact]
    public void Rate_lowered_after_local_steps_shows_as_a_local_distance()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.Dense, true, RulePlan.Sgd) with { LocalSteps = 2 });
        part.Step.Compute(_view, Steps.Single(0, 32));

        Assert.True(part.Encoder.TryEncode(0, Steps.Single(0, 32), part.Step, part.Step.RateOf(Steps.Single(0, 32)) / 2));

        Assert.True(part.Step.LocalDistance > 0);
        Assert.Equal(part.Step.LocalDistance / 2, part.Encoder.Record(0).LocalDistance, 1e-6);
        Assert.Equal(2, part.Encoder.Record(0).StepCount);
    }

    [Theory]
    [InlineData(CodecPlan.TopK, RulePlan.Sgd)]
    [InlineData(CodecPlan.OneBit, RulePlan.Momentum)]
    [InlineData(CodecPlan.Dense, RulePlan.Sgd)]
    public void Flush_sends_the_whole_residual_at_rate_zero(string codecKind, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, true, ruleKind));
        Encode(part, 0, Steps.Single(0, 16));
        float[] residual = [.. part.Codec.Residual];

        part.Encoder.Flush(1, Steps.Single(16, 0), _view);
        part.Encoder.Discard(1);
        Assert.Equal(residual, part.Codec.Residual.ToArray()); // no ticket: still owed

        part.Encoder.Flush(1, Steps.Single(16, 0), _view);
        part.Encoder.Seal(1, 9, 9);

        float[] arrived = [.. Enumerable.Range(0, _map.Count).SelectMany(shard => Decode(part, 1, shard, out _))];
        TicketRecord record = part.Encoder.Record(1);
        Assert.Equal(residual.Length == 0 ? new float[_map.Dimension] : residual, arrived);
        Assert.Equal(0, part.Codec.ResidualNormSquared);
        Assert.Equal((0.0, 0, 9L), (record.Rate, record.SampleCount, record.Ticket));
        Assert.Equal(part.Rule.HeldNorm, Math.Sqrt(record.ResidualNormSquared), 9);
        Assert.Equal(0, record.DroppedNormSquared);
        CheckHeldSketch(part, record);
        part.Encoder.Answered(1);
        Assert.False(part.Encoder.Ledger.IsEmpty);
    }

    [Fact]
    public void Row_is_pending_in_rounds_and_applied_otherwise()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.TopK, true, RulePlan.Sgd));
        Encode(part, 0, Steps.Single(0, 16), ticket: 6, roundTicket: 6);
        Encode(part, 1, Steps.InRound(4, 3, 16, 16), ticket: 8, roundTicket: 7);
        Assert.True(part.Encoder.Ledger.IsEmpty);

        part.Encoder.Answered(0);
        part.Encoder.Answered(1);

        List<TicketRecord> rows = Rows(part.Encoder.Ledger.Span);
        Assert.Equal([6L, 8L], rows.Select(row => row.Ticket));
        Assert.Equal([6L, 7L], rows.Select(row => row.RoundTicket));
        Assert.Equal([SliceState.Applied, SliceState.Pending], rows.Select(row => row.Slices[2].State));
        Assert.Equal(part.Encoder.Record(1).LossSum, rows[1].LossSum);
        Assert.Equal(part.Encoder.Record(1).Slices[1].Projection, rows[1].Slices[1].Projection);
        part.Encoder.LedgerSent();
        Assert.True(part.Encoder.Ledger.IsEmpty);
    }

    [Fact]
    public void Record_keeps_the_view_of_the_gradient_when_answers_arrive_in_between()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.Dense, true, RulePlan.Sgd));
        part.Step.Compute(_view, Steps.Single(0, 16));
        Steps.Apply(_view, _map, Steps.Bell(_map.Dimension, 8), version: 6);

        Assert.True(part.Encoder.TryEncode(0, Steps.Single(0, 16), part.Step, Rate));
        part.Encoder.Seal(0, 6, 6);

        Decode(part, 0, 1, out PushHeader header);
        Assert.Equal((5L, 5L), (header.ViewVersion, part.Encoder.Record(0).Slices[1].ViewWatermark));
    }

    [Fact]
    public void Gradient_that_is_not_finite_is_refused()
    {
        EncoderPart part = _parts.Create(Plan(CodecPlan.TopK, true, RulePlan.Sgd));
        part.Step.Compute(_view, Steps.Single(0, 16));
        part.Step.Gradient[3] = float.NaN;

        Assert.False(part.Encoder.TryEncode(0, Steps.Single(0, 16), part.Step, Rate));
        Assert.Equal(-1, part.Encoder.SequenceEncoded);
    }

    [Theory]
    [InlineData(CodecPlan.Dense, RulePlan.Sgd)]
    [InlineData(CodecPlan.TopK, RulePlan.Momentum)]
    [InlineData(CodecPlan.Qsgd, RulePlan.Sgd)]
    public void Steady_state_allocates_nothing(string codecKind, string ruleKind)
    {
        EncoderPart part = _parts.Create(Plan(codecKind, true, ruleKind));
        part.Step.Compute(_view, Steps.Single(0, 16));
        long sequence = 0;
        Repeat(400); // until no shard's share of the largest coordinates comes out larger than before

        Assert.Equal(0, AllocatedBytes.Of(() => Repeat(100)));

        void Repeat(int count)
        {
            for (int i = 0; i < count; i++, sequence++)
            {
                part.Encoder.TryEncode(sequence, Steps.Single(0, 16), part.Step, Rate);
                part.Encoder.Seal(sequence, sequence, sequence);
                part.Encoder.Answered(sequence);
                part.Encoder.LedgerSent();
                part.Encoder.Release(sequence);
            }
        }
    }

    public void Dispose() => _parts.Dispose();

    private static RunPlan Plan(string codecKind, bool feedback, string ruleKind) => new()
    {
        Batch = 16,
        Shards = 3,
        Seed = 5,
        Codec = codecKind switch
        {
            CodecPlan.Dense => new CodecPlan(),
            RoundedDense => new CodecPlan(Values: CodecPlan.Bfloat16, ErrorFeedback: feedback),
            RoundedTopK => new CodecPlan(CodecPlan.TopK, Fraction: 0.2, Values: CodecPlan.Bfloat16, ErrorFeedback: feedback),
            CodecPlan.TopK or CodecPlan.RandomK => new CodecPlan(codecKind, Fraction: 0.2, ErrorFeedback: feedback),
            CodecPlan.AboveThreshold => new CodecPlan(codecKind, Threshold: 0.05, ErrorFeedback: feedback),
            _ => new CodecPlan(codecKind, ErrorFeedback: feedback),
        },
        Rule = new RulePlan { Kind = ruleKind },
        Consistency = new ConsistencyPlan { Sketch = 64 },
    };

    private void Encode(EncoderPart part, long sequence, BatchRange range, long ticket = 5, long roundTicket = 5)
    {
        part.Step.Compute(_view, range);
        Assert.True(part.Encoder.TryEncode(sequence, range, part.Step, Rate));
        part.Encoder.Seal(sequence, ticket, roundTicket);
    }

    private float[] Decode(EncoderPart part, long sequence, int shard, out PushHeader header)
    {
        ReadOnlySpan<byte> frame = part.Encoder.Frame(sequence, shard).Span;
        header = PushFrame.ReadHeader(frame);
        ReadOnlySpan<byte> payload = PushFrame.Payload(frame, header);
        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        float[] arrived = new float[_map[shard].Length];
        FramePayload.CopyTo(arrived, header.Kind, payload, header.EntryCount);
        return arrived;
    }

    private void CheckHeldSketch(EncoderPart part, TicketRecord record)
    {
        Assert.Equal(GradientStep.HoldsBack(part.Plan), record.HasResidualSketches);
        for (int shard = 0; shard < _map.Count && record.HasResidualSketches; shard++)
        {
            float[] held = new float[_map[shard].Length];
            for (int i = 0; i < held.Length; i++)
            {
                int at = _map[shard].Start + i;
                held[i] = (part.Codec.Residual.IsEmpty ? 0 : part.Codec.Residual[at])
                    + (part.Rule.Held.IsEmpty ? 0 : (float)(part.Rule.HeldFactor * part.Rule.Held[at]));
            }

            double[] sketch = new double[64];
            new CountSketch(64, part.Plan.Seed, shard).Add(held, sketch);
            for (int i = 0; i < sketch.Length; i++)
            {
                Assert.Equal(sketch[i], record.ResidualSketch(shard)[i], 1e-4);
            }
        }
    }

    private static List<TicketRecord> Rows(ReadOnlySpan<byte> bytes)
    {
        var rows = new List<TicketRecord>();
        while (LedgerRows.TryTake(ref bytes, out ReadOnlySpan<byte> frame))
        {
            var record = new TicketRecord();
            LedgerFrame.Read(frame, record);
            rows.Add(record);
        }

        return rows;
    }
}
