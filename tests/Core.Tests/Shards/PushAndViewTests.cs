using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Shards;

/// <summary>Goal: a push and its answer in one call are the two calls, bit by bit, and no answer changes while its reader may read it.</summary>
public class PushAndViewTests
{
    private const int Workers = 3;

    // Scale of scaled pushes; their values are such that the products are those of dense ones.
    private const float Scale = 0.25f;

    // What a worker does next: a dense push, a sparse one, one of values and their scale, the same with the values beside the frame, its last one again,
    // one that is not finite, and one whose products are not.
    private enum Deed
    {
        Dense,
        Sparse,
        Scaled,
        Beside,
        Again,
        Damaged,
        DamagedBeside,
    }

    private static readonly Arbitrary<(int Length, (int Worker, Deed Deed)[] Deeds)> Histories =
        (from length in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(60, 70), Gen.Constant(1000))
         from deeds in Gen.ArrayOf(
             from worker in Gen.Choose(0, Workers - 1)
             from deed in Gen.Frequency(
                 (4, Gen.Constant(Deed.Dense)), (2, Gen.Constant(Deed.Sparse)), (2, Gen.Constant(Deed.Scaled)), (3, Gen.Constant(Deed.Beside)),
                 (1, Gen.Constant(Deed.Again)), (1, Gen.Constant(Deed.Damaged)), (1, Gen.Constant(Deed.DamagedBeside)))
             select (worker, deed))
         select (length, deeds)).ToArbitrary();

    [Fact]
    public void One_call_is_the_two_calls_and_answers_stay_as_they_were() =>
        Prop.ForAll(Histories, history => Mistake(history.Length, history.Deeds, spoilt: false) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_that_somebody_writes_into_is_caught() =>
        Assert.NotNull(Mistake(40, [(0, Deed.Dense), (1, Deed.Sparse), (0, Deed.Dense)], spoilt: true));

    [Fact]
    public void Scaled_push_is_the_dense_push_of_its_products()
    {
        foreach (int length in (int[])[1, 31, 32, 33, 1000])
        {
            float[] values = Values(length, 3);
            var scaled = new ParameterShard(0, 1, Values(length, 0));
            var beside = new ParameterShard(0, 1, Values(length, 0));
            var dense = new ParameterShard(0, 1, Values(length, 0));
            byte[] frame = Pushes.Scaled(Pushes.Header, 0.3f, values);
            byte[] expected = dense.PushAndView(Pushes.Dense(Pushes.Header, [.. values.Select(value => 0.3f * value)]), 0, 1, out _, out _).ToArray();

            Assert.Equal(expected, scaled.PushAndView(frame, 0, 1, out _, out _).ToArray());
            Assert.Equal(expected, Push(beside, frame, Deed.Beside, 0, out _, out _).ToArray());
            Assert.Equal(dense.Parameters.ToArray(), beside.Parameters.ToArray());
        }
    }

    [Fact]
    public void Values_beside_a_frame_of_a_round_are_kept_for_the_round()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        byte[] first = Pushes.Scaled(Pushes.Header with { Round = 0, SlotCount = 2 }, Scale, 4f, 8f);
        Push(shard, first, Deed.Beside, 0, out _, out PushOutcome pending);
        Array.Clear(first, PushFrame.ScaledHeadSize, 8); // the sender uses its memory again

        Push(
            shard, Pushes.Scaled(Pushes.Header with { Worker = 1, Ticket = 1, Round = 0, Slot = 1, SlotCount = 2 }, Scale, -4f, 0f), Deed.Beside, 0,
            out _, out PushOutcome applied);

        Assert.Equal((PushOutcomeKind.Pending, PushOutcomeKind.Applied), (pending.Kind, applied.Kind));
        Assert.Equal([1f, 0f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Exceptions_stand_before_the_values()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);

        for (int ticket = 300; ticket > 0; ticket--)
        {
            byte[] frame = Pushes.Dense(Pushes.Header with { Sequence = 300 - ticket, Ticket = ticket }, 1f, 0.5f);
            ReadOnlySpan<byte> answer = shard.PushAndView(frame, shard.Version, 1, out _, out PushOutcome outcome).Span;

            Assert.Equal(PushOutcomeKind.Applied, outcome.Kind);
            ViewHeader header = ViewFrame.ReadHeader(answer);
            Assert.Equal([.. Enumerable.Range(ticket, 301 - ticket).Select(one => (long)one)], ViewFrame.ExceptionTickets(answer, header).ToArray());
            Assert.Equal(shard.Parameters.ToArray(), LittleEndian.Floats(ViewFrame.Payload(answer, header)).ToArray());
        }
    }

    [Fact]
    public void Dense_pushes_of_one_worker_use_two_buffers_in_turn()
    {
        var shard = new ParameterShard(0, 1, new float[100]);
        byte[] frame = Pushes.Dense(Pushes.Header, new float[100]);
        int sequence = 0;
        Run();

        Assert.Equal(0, AllocatedBytes.Of(Run));

        void Run()
        {
            for (int i = 0; i < 50; i++, sequence++)
            {
                PushFrame.WriteHeader(frame, PushFrame.ReadHeader(frame) with { Sequence = sequence, Ticket = sequence });
                shard.PushAndView(frame, sequence, 1, out _, out _);
            }
        }
    }

    private static string? Mistake(int length, (int Worker, Deed Deed)[] deeds, bool spoilt)
    {
        var one = new ParameterShard(0, 1, Values(length, 0));
        var two = new ParameterShard(0, 1, Values(length, 0));
        var room = new byte[two.ViewSizeMax + 10_000];
        var last = new byte[Workers][];
        var answers = new (Memory<byte> Given, byte[] Copy)[Workers];
        long[] seen = new long[Workers];
        long[] sequences = new long[Workers];
        for (int i = 0; i < deeds.Length; i++)
        {
            (int worker, Deed deed) = deeds[i];
            byte[] frame = deed == Deed.Again && last[worker] is { } before ? before : Frame(length, worker, sequences[worker]++, i, deed);
            if (answers[worker] is { Copy: { } copy } kept && !kept.Given.Span.SequenceEqual(copy))
            {
                return $"{i}: the answer of worker {worker} was changed";
            }

            if (deed is Deed.Damaged or Deed.DamagedBeside)
            {
                string message = Assert.Throws<InvalidDataException>(() => Push(one, frame, deed, seen[worker], out _, out _)).Message;
                Assert.Equal(message, Assert.Throws<InvalidDataException>(() => two.Push(frame)).Message);
                answers[worker] = default; // whoever asks again has done with its last answer
                continue;
            }

            Memory<byte> given = Push(one, frame, deed, seen[worker], out PushHeader header, out PushOutcome outcome);
            PushOutcome expected = two.Push(frame);
            ReadOnlySpan<byte> view = room.AsSpan(0, two.WriteView(seen[worker], 1, expected, room, header.Worker, header.Incarnation));
            if (outcome != expected || !given.Span.SequenceEqual(view) || !one.Parameters.SequenceEqual(two.Parameters))
            {
                return $"{i}: {outcome}, not {expected}, or another answer or slice";
            }

            last[worker] = frame;
            answers[worker] = (given, given.ToArray());
            seen[worker] = one.Version;
            if (spoilt)
            {
                given.Span[^1] ^= 1;
            }
        }

        return null;
    }

    private static Memory<byte> Push(
        ParameterShard shard, byte[] frame, Deed deed, long seen, out PushHeader header, out PushOutcome outcome) =>
        deed is Deed.Beside or Deed.DamagedBeside
            ? shard.PushAndView(
                frame.AsSpan(0, PushFrame.ScaledHeadSize), frame.AsSpan(PushFrame.ScaledHeadSize), seen, 1, out header, out outcome)
            : shard.PushAndView(frame, seen, 1, out header, out outcome);

    private static byte[] Frame(int length, int worker, long sequence, int ticket, Deed deed)
    {
        PushHeader header = Pushes.Header with { Worker = worker, Sequence = (int)sequence, Ticket = ticket };
        float[] update = Values(length, ticket + 1);
        if (deed == Deed.Damaged)
        {
            update[length / 2] = float.NaN;
        }

        return deed switch
        {
            Deed.Sparse => Pushes.Sparse(header, length, [(0, update[0])]),
            Deed.Scaled or Deed.Beside => Pushes.Scaled(header, Scale, update),
            Deed.DamagedBeside => Pushes.Scaled(header, float.MaxValue, [.. update.Select(value => 8 + value)]),
            _ => Pushes.Dense(header, update),
        };
    }

    private static float[] Values(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => MathF.Sin((seed * 7919) + i))];
}
