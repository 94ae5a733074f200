using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Workers;

public class WorkerViewLedgerTests
{
    private readonly WorkerView _view = new(new ShardMap(20, 2));
    private readonly TicketRecord _record = new();

    [Fact]
    public void Record_says_which_life_version_and_tickets_each_slice_has()
    {
        Apply(shard: 0, incarnation: 1, version: 3, watermark: 3, []);
        Apply(shard: 1, incarnation: 2, version: 6, watermark: 4, [6, 9]);
        _record.Begin(2);

        _view.NoteIn(_record);

        Assert.Equal((1, 3L, 3L), (_record.Slices[0].ViewIncarnation, _record.Slices[0].ViewVersion, _record.Slices[0].ViewWatermark));
        Assert.Equal((2, 6L, 4L), (_record.Slices[1].ViewIncarnation, _record.Slices[1].ViewVersion, _record.Slices[1].ViewWatermark));
        Assert.Empty(_record.Exceptions(0).ToArray());
        Assert.Equal([6L, 9L], _record.Exceptions(1).ToArray());
    }

    [Fact]
    public void Record_keeps_the_view_it_noted_when_a_newer_one_arrives()
    {
        Apply(shard: 1, incarnation: 1, version: 6, watermark: 4, [6, 9]);
        _record.Begin(2);
        _view.NoteIn(_record);

        Apply(shard: 1, incarnation: 1, version: 8, watermark: 7, [9]);

        Assert.Equal([6L, 9L], _record.Exceptions(1).ToArray());
        Assert.Equal(6, _record.Slices[1].ViewVersion);
    }

    [Fact]
    public void Noting_allocates_nothing_once_it_has_grown()
    {
        Apply(shard: 1, incarnation: 1, version: 6, watermark: 4, [6, 9]);
        _record.Begin(2);
        _view.NoteIn(_record);

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            _record.Begin(2);
            _view.NoteIn(_record);
        }));
    }

    private void Apply(int shard, int incarnation, long version, long watermark, long[] exceptions)
    {
        ViewHeader header = new()
        {
            Kind = PayloadKind.Dense,
            Shard = shard,
            ShardIncarnation = incarnation,
            Version = version,
            TicketWatermark = watermark,
            ExceptionCount = exceptions.Length,
            Length = 10,
            EntryCount = 10,
            PayloadSize = 40,
        };
        byte[] frame = new byte[ViewFrame.SizeOf(exceptions.Length, 40)];
        ViewFrame.WriteHeader(frame, header);
        ViewFrame.WriteExceptions(frame, exceptions);
        Assert.True(_view.TryApply(frame, out _));
    }
}
