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

    // What a worker does next: a dense push, a sparse one, its last one again, one that is not finite.
    private enum Deed
    {
        Dense,
        Sparse,
        Again,
        Damaged,
    }

    private static readonly Arbitrary<(int Length, (int Worker, Deed Deed)[] Deeds)> Histories =
        (from length in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(60, 70), Gen.Constant(1000))
         from deeds in Gen.ArrayOf(
             from worker in Gen.Choose(0, Workers - 1)
             from deed in Gen.Frequency(
                 (6, Gen.Constant(Deed.Dense)), (2, Gen.Constant(Deed.Sparse)), (1, Gen.Constant(Deed.Again)), (1, Gen.Constant(Deed.Damaged)))
             select (worker, deed))
         select (length, deeds)).ToArbitrary();

    [Fact]
    public void One_call_is_the_two_calls_and_answers_stay_as_they_were() =>
        Prop.ForAll(Histories, history => Mistake(history.Length, history.Deeds, spoilt: false) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void Answer_that_somebody_writes_into_is_caught() =>
        Assert.NotNull(Mistake(40, [(0, Deed.Dense), (1, Deed.Sparse), (0, Deed.Dense)], spoilt: true));

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

            if (deed == Deed.Damaged)
            {
                string message = Assert.Throws<InvalidDataException>(() => one.PushAndView(frame, seen[worker], 1, out _, out _)).Message;
                Assert.Equal(message, Assert.Throws<InvalidDataException>(() => two.Push(frame)).Message);
                answers[worker] = default; // whoever asks again has done with its last answer
                continue;
            }

            Memory<byte> given = one.PushAndView(frame, seen[worker], 1, out PushHeader header, out PushOutcome outcome);
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

    private static byte[] Frame(int length, int worker, long sequence, int ticket, Deed deed)
    {
        PushHeader header = Pushes.Header with { Worker = worker, Sequence = (int)sequence, Ticket = ticket };
        float[] update = Values(length, ticket + 1);
        if (deed == Deed.Damaged)
        {
            update[length / 2] = float.NaN;
        }

        return deed == Deed.Sparse
            ? Pushes.Sparse(header, length, [(0, update[0])])
            : Pushes.Dense(header, update);
    }

    private static float[] Values(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => MathF.Sin((seed * 7919) + i))];
}
