using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>Finds what a new life of a shard starts from: the newest view of a living worker, else the last evaluation.</summary>
internal sealed class Restoration(Grid grid, RunCoordinator coordinator, Action<Action> pause)
{
    private const int TriesMax = 5;

    private readonly Dictionary<int, SliceCopy> _evaluated = [];

    public ShardGift First(int shard)
    {
        ShardRange range = grid.Model.Map[shard];
        float[] slice = grid.Model.Initial.AsSpan(range.Start, range.Length).ToArray();
        return new ShardGift(1, 0, 0, slice, 0, new TicketSet(), IncarnationsMin());
    }

    /// <summary>Keeps what the shards hold at the end of an epoch; a shard that does not answer is left out.</summary>
    public void Remember()
    {
        for (int shard = 0; shard < grid.Plan.Run.Shards; shard++)
        {
            grid.CallShard<byte[]?>(shard, (host, reply) => host.Pull(-1, 0, 0, reply), Keep, () => { });
        }
    }

    public void Collect(RunCommand command, Action<ShardGift> then)
    {
        ShardGift first = First(command.Member);
        SliceCopy newest = _evaluated.GetValueOrDefault(command.Member) is { } evaluated
            ? evaluated
            : new SliceCopy(0, 0, first.Slice, first.Settled);
        Collect(command, 0, 0, newest, then);
    }

    private void Collect(RunCommand command, int worker, int tries, SliceCopy newest, Action<ShardGift> then)
    {
        if (worker == grid.Plan.Run.Workers)
        {
            if (TryGift(command, newest) is { } gift)
            {
                then(gift);
            }

            return;
        }

        Member member = coordinator.Workers[worker];
        if (member.State is not (MemberState.Live or MemberState.Finished))
        {
            Collect(command, worker + 1, 0, newest, then);
            return;
        }

        grid.CallWorker<SliceCopy>(
            worker, (host, reply) => reply(host.CopySlice(command.Member, command.Incarnation)),
            copy => Collect(command, worker + 1, 0, Newer(copy, newest), then),
            () =>
            {
                if (tries == TriesMax)
                {
                    // It may know updates that the new life will not have, so it must not push to it any more.
                    coordinator.WorkerLost(worker, member.Incarnation);
                }

                bool isSame = coordinator.Workers[worker].Incarnation == member.Incarnation;
                pause(() => Collect(command, isSame ? worker : worker + 1, isSame ? tries + 1 : 0, newest, then));
            });
    }

    private ShardGift? TryGift(RunCommand command, SliceCopy newest)
    {
        var settled = new TicketSet();
        settled.CopyFrom(newest.Settled);
        long version = newest.Version;
        return coordinator.TryRestoreShard(command.Member, command.Incarnation, settled, ref version, out _)
            ? new ShardGift(command.Incarnation, newest.Life, newest.Version, newest.Slice, version, settled, IncarnationsMin())
            : null;
    }

    private static SliceCopy Newer(SliceCopy copy, SliceCopy newest) =>
        copy.Version >= 0 && (copy.Life, copy.Version).CompareTo((newest.Life, newest.Version)) >= 0 ? copy : newest;

    private void Keep(byte[]? frame)
    {
        if (frame is null)
        {
            return;
        }

        ViewHeader header = ViewFrame.ReadHeader(frame);
        float[] slice = new float[header.Length];
        FramePayload.CopyTo(slice, header.Kind, ViewFrame.Payload(frame, header), header.EntryCount);
        var settled = new TicketSet();
        settled.Load(header.TicketWatermark, ViewFrame.ExceptionTickets(frame, header));
        _evaluated[header.Shard] = new SliceCopy(header.ShardIncarnation, header.Version, slice, settled);
    }

    private int[] IncarnationsMin()
    {
        int[] incarnations = new int[grid.Plan.Run.Workers];
        for (int worker = 0; worker < incarnations.Length; worker++)
        {
            // A life that is lost is over, although the next one has not been placed yet.
            Member member = coordinator.Workers[worker];
            incarnations[worker] = member.Incarnation + (member.State == MemberState.Absent ? 1 : 0);
        }

        return incarnations;
    }
}
