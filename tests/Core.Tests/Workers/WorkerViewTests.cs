using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Tests.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Core.Tests.Workers;

public class WorkerViewTests
{
    private readonly WorkerView _view = new(new ShardMap(20, 2));
    private readonly ParameterShard _shard = new(1, 1, [.. Enumerable.Range(0, 10).Select(i => (float)i)]);

    [Fact]
    public void Frame_fills_its_slice_and_no_other()
    {
        Assert.True(_view.TryApply(Answer(_shard, -1, 0), out _));

        Assert.Equal(new float[10], _view.Parameters[..10].ToArray());
        Assert.Equal(_shard.Parameters.ToArray(), _view.Parameters[10..].ToArray());
        Assert.Equal((-1L, 0L, 1), (_view.Version(0), _view.Version(1), _view.Incarnation(1)));
    }

    [Fact]
    public void Watermark_is_that_of_the_slice_that_lags_most()
    {
        Push(_shard, 0);
        _view.TryApply(Answer(_shard, -1, 0), out _);
        Assert.Equal(0, _view.Watermark); // the other slice has not arrived

        var other = new ParameterShard(0, 1, new float[10]);
        _view.TryApply(Answer(other, -1, 0), out _);
        Assert.Equal(0, _view.Watermark);

        Push(other, 0, number: 0);
        Push(other, 1, number: 0);
        _view.TryApply(Answer(other, -1, 0), out _);
        Assert.Equal(1, _view.Watermark);
    }

    [Fact]
    public void Changes_against_a_life_the_view_does_not_hold_are_damage()
    {
        Push(_shard, 0);
        byte[] changes = Answer(_shard, 0, 1);

        Assert.Throws<InvalidDataException>(() => _view.TryApply(changes, out _));
        Assert.Equal((-1L, 0f), (_view.Version(1), _view.Parameters[11]));
    }

    [Fact]
    public void Overtaken_answer_changes_nothing()
    {
        byte[] older = Answer(_shard, -1, 0);
        Push(_shard, 0);
        _view.TryApply(Answer(_shard, -1, 0), out _);

        Assert.True(_view.TryApply(older, out _));
        Assert.Equal(1, _view.Version(1));
        Assert.Equal(_shard.Parameters.ToArray(), _view.Parameters[10..].ToArray());
    }

    [Fact]
    public void New_life_replaces_the_slice_although_its_version_is_lower()
    {
        Push(_shard, 0);
        _view.TryApply(Answer(_shard, -1, 0), out _);
        var reborn = new ParameterShard(1, 2, new float[10]);

        Assert.True(_view.TryApply(Answer(reborn, 1, 1), out _));
        Assert.Equal((0L, 2), (_view.Version(1), _view.Incarnation(1)));
        Assert.False(_view.TryApply(Answer(_shard, -1, 0), out _));
        Assert.Equal(new float[20], _view.Parameters.ToArray());
    }

    [Fact]
    public void Copied_slice_refuses_the_life_that_is_given_up()
    {
        _view.TryApply(Answer(_shard, -1, 0), out _);
        float[] slice = new float[10];
        var settled = new TicketSet();
        Push(_shard, 0);

        Assert.True(_view.TryCopy(1, 2, slice, settled, out long version, out int incarnation));
        Assert.Equal((0L, 1, 0L), (version, incarnation, settled.Watermark));
        Assert.False(_view.TryApply(Answer(_shard, 0, 1), out _));
        Assert.Equal(slice, _view.Parameters[10..].ToArray());
    }

    [Fact]
    public void Life_that_is_given_up_is_refused_even_by_a_view_that_had_nothing_to_copy()
    {
        Assert.False(_view.TryCopy(1, 2, new float[10], new TicketSet(), out _, out _));
        Assert.False(_view.TryApply(Answer(_shard, -1, 0), out _));
        Assert.True(_view.TryApply(Answer(new ParameterShard(1, 2, new float[10]), -1, 0), out _));
    }

    [Fact]
    public void Copy_carries_the_tickets_of_the_slice()
    {
        Push(_shard, 2);
        Push(_shard, 0);
        _view.TryApply(Answer(_shard, -1, 0), out _);
        var settled = new TicketSet();

        _view.TryCopy(1, 2, new float[10], settled, out _, out _);

        Assert.Equal((1L, 1, true), (settled.Watermark, settled.ExceptionCount, settled.Contains(2)));
    }

    [Fact]
    public void Frame_of_a_shard_the_map_does_not_have_is_damage()
    {
        Assert.Throws<InvalidDataException>(() => _view.TryApply(Answer(new ParameterShard(2, 1, new float[10]), -1, 0), out _));
        Assert.Throws<InvalidDataException>(() => _view.TryApply(Answer(new ParameterShard(1, 1, new float[9]), -1, 0), out _));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(7, 3)]
    [InlineData(0, long.MaxValue)]
    [InlineData(-1, 0)]
    public void Frame_with_tickets_out_of_place_is_damage_and_changes_nothing(long watermark, long exception)
    {
        byte[] frame = new byte[ViewFrame.SizeOf(1, 40)];
        ViewFrame.WriteHeader(frame, new ViewHeader
        {
            Kind = PayloadKind.Dense,
            Shard = 1,
            ShardIncarnation = 1,
            Version = 4,
            TicketWatermark = watermark,
            ExceptionCount = 1,
            Length = 10,
            EntryCount = 10,
            PayloadSize = 40,
        });
        ViewFrame.WriteExceptions(frame, [exception]);
        frame.AsSpan(ViewFrame.SizeOf(1, 0)).Fill(0x3F);

        Assert.Throws<InvalidDataException>(() => _view.TryApply(frame, out _));
        Assert.Equal(-1, _view.Version(1));
        Assert.Equal(new float[20], _view.Parameters.ToArray());
    }

    private static void Push(ParameterShard shard, long ticket, int number = 1) => shard.Push(Pushes.Sparse(
        Pushes.Header with { Shard = number, Worker = (int)ticket, Ticket = ticket }, 10, (1, 4f)));

    private static byte[] Answer(ParameterShard shard, long since, int incarnation)
    {
        byte[] frame = new byte[shard.ViewSizeMax];
        return frame[..shard.WriteView(since, incarnation, default, frame)];
    }
}
