using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Tests.Codecs;
using OrleansSgd.Core.Tests.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Testing;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Allocations;

/// <summary>Goal: the budget of the hot paths is 0 bytes. Method: many turns of each, after as many that may still make their buffers.</summary>
public sealed class SteadyStateTests
{
    private const int Dimension = 20_000;
    private const int Turns = 50;
    private static readonly ShardRange[] Ranges = [new(0, 7001), new(7001, Dimension)];

    public static TheoryData<int> PlanNumbers => [.. Enumerable.Range(0, AllCodecs.Plans.Count())];

    [Theory]
    [MemberData(nameof(PlanNumbers))]
    public void Encoding_checking_applying_and_decoding_allocate_nothing(int plan)
    {
        IUpdateCodec codec = UpdateCodecs.Create(AllCodecs.Plans.ElementAt(plan), Dimension, seed: 3);
        float[][] gradients = [Gradients.Bell(Dimension, 1), Gradients.Bell(Dimension, 2)];
        float[] parameters = new float[Dimension];
        float[] values = new float[Dimension];
        byte[] room = new byte[PushFrame.HeaderSize + (Dimension * 8)];
        double norms = 0;

        AssertAllocatesNothing(turn =>
        {
            Assert.True(codec.TryBegin(gradients[turn % 2], 1));
            foreach (ShardRange range in Ranges)
            {
                Span<byte> frame = Encode(codec, range, turn, room);
                PushHeader header = PushFrame.ReadHeader(frame);
                ReadOnlySpan<byte> payload = PushFrame.Payload(frame, header);
                FramePayload.Apply(parameters.AsSpan(range.Start, range.Length), header, payload);
                FramePayload.Decode(header.Kind, payload, header.EntryCount, values.AsSpan(0, header.EntryCount));
                FramePayload.CopyTo(values.AsSpan(0, range.Length), header.Kind, payload, header.EntryCount);
                norms += FramePayload.NormSquared(header.Kind, payload, header.EntryCount);
            }
        });
        Assert.True(norms > 0);
    }

    [Theory]
    [MemberData(nameof(PlanNumbers))]
    public void Pushes_and_pulls_of_what_changed_allocate_nothing(int plan)
    {
        IUpdateCodec codec = UpdateCodecs.Create(AllCodecs.Plans.ElementAt(plan), Dimension, seed: 3);
        float[] gradient = Gradients.Bell(Dimension, 1);
        ShardRange whole = new(0, Dimension);
        var shard = new ParameterShard(0, 1, new float[Dimension]);
        byte[] room = new byte[PushFrame.HeaderSize + (Dimension * 8)];
        byte[] view = new byte[shard.ViewSizeMax + 64];

        int turns = 0;
        AssertAllocatesNothing(turn =>
        {
            turns = turn + 1;
            long version = shard.Version;
            Assert.True(codec.TryBegin(gradient, 0.1f));
            PushOutcome outcome = shard.Push(Encode(codec, whole, turn, room));
            Assert.True(shard.WriteView(version, 1, outcome, view) > 0);
        });
        Assert.Equal(turns, shard.Version);
    }

    [Fact]
    public void One_small_object_in_all_turns_is_caught() => Assert.Throws<EqualException>(() => AssertAllocatesNothing(turn =>
    {
        if (turn % Turns == Turns / 2)
        {
            GC.KeepAlive(new object());
        }
    }));

    // The frame of one range of an update that was begun, as a slice of the room.
    private static Span<byte> Encode(IUpdateCodec codec, ShardRange range, int turn, byte[] room)
    {
        int size = codec.PayloadSize(range);
        Span<byte> frame = room.AsSpan(0, PushFrame.HeaderSize + size);
        PayloadKind kind = codec.KindOf(range);
        int count = codec.EntryCount(range);
        double norm = codec.Write(range, frame[PushFrame.HeaderSize..]);
        PushFrame.WriteHeader(frame, Pushes.Header with
        {
            Kind = kind,
            Sequence = turn,
            Ticket = turn,
            ViewVersion = turn,
            Rate = 0.1f,
            NormSquared = norm,
            Length = range.Length,
            EntryCount = count,
            PayloadSize = size,
        });
        return frame;
    }

    private static void AssertAllocatesNothing(Action<int> turn)
    {
        int next = 0;
        Run();

        Assert.Equal(0, AllocatedBytes.Of(Run));

        void Run()
        {
            for (int i = 0; i < Turns; i++)
            {
                turn(next++);
            }
        }
    }
}
