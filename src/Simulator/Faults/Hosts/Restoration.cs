using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Finds what a new life of a shard starts from: the newest view of a living worker, else the last evaluation.</summary>
internal sealed class Restoration(Grid grid, RunCoordinator coordinator, KeeperCalls keepers, Action<Action> pause)
{
    private const int TriesMax = 5;

    private readonly Dictionary<int, SliceCopy> _evaluated = [];

    public ShardGift First(int shard)
    {
        ShardRange range = grid.Model.Map[shard];
        float[] slice = grid.Model.Initial.AsSpan(range.Start, range.Length).ToArray();
        return new ShardGift(1, 0, 0, [], slice, 0, new TicketSet(), IncarnationsMin());
    }

    /// <summary>Keeps what the shards hold at the end of an epoch; a shard that does not answer is left out.</summary>
    public void Remember()
    {
        for (int shard = 0; shard < grid.Plan.Run.Shards; shard++)
        {
            grid.CallShard<byte[]?>(grid.Home, shard, (host, reply) => host.Pull(-1, 0, 0, reply), Keep, () => { });
        }
    }

    /// <summary>Keeps what a shard held at a cut: a new life of it can start from there.</summary>
    public void Remember(byte[] frame) => Keep(frame);

    /// <summary>Goes on with what an earlier life has handed over.</summary>
    /// <remarks>Nothing is replayed: whoever has an update under way lives, and pushes it to the new life.</remarks>
    public void GoOn(RunCommand command, SliceCopy handed, Action<ShardGift> then) => Give(command, handed, [], then, isWhole: true);

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
            Replay(command, newest, then);
            return;
        }

        Member member = coordinator.Workers[worker];
        if (member.State is not (MemberState.Live or MemberState.Finished))
        {
            Collect(command, worker + 1, 0, newest, then);
            return;
        }

        grid.CallWorker<SliceCopy>(
            grid.Home, worker, (host, reply) => reply(host.CopySlice(command.Member, command.Incarnation)),
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

    private void Replay(RunCommand command, SliceCopy newest, Action<ShardGift> then)
    {
        if (keepers.IsDeciding)
        {
            pause(() => Replay(command, newest, then));
        }
        else
        {
            keepers.Frames(command.Member, newest.Settled.Watermark, frames => Decided(command, newest, frames, then));
        }
    }

    // What was found of a lost worker's update goes into this life, or into none.
    private void Decided(RunCommand command, SliceCopy newest, List<ReadOnlyMemory<byte>> frames, Action<ShardGift> then)
    {
        if (keepers.IsDeciding)
        {
            pause(() => Replay(command, newest, then));
        }
        else
        {
            Give(command, newest, grid.Hooks.Replayed([.. frames, .. keepers.Decided(command.Member)]), then);
        }
    }

    private void Give(RunCommand command, SliceCopy newest, List<ReadOnlyMemory<byte>> frames, Action<ShardGift> then, bool isWhole = false)
    {
        var shard = new ParameterShard(command.Member, command.Incarnation, [.. newest.Slice], newest.Version, newest.Settled);
        List<Pushed> replayed = Replayed(command, shard, frames);
        var settled = new TicketSet();
        settled.CopyFrom(shard.Settled);
        long version = shard.Version;
        if (coordinator.TryRestoreShard(command.Member, command.Incarnation, settled, ref version, out _, isWhole: isWhole))
        {
            then(new ShardGift(
                command.Incarnation, newest.Life, newest.Version, replayed, shard.Parameters.ToArray(), version, settled, IncarnationsMin()));
        }
    }

    // One frame at a time, to see which are applied: those of a round together, in slot order.
    private List<Pushed> Replayed(RunCommand command, ParameterShard shard, List<ReadOnlyMemory<byte>> frames)
    {
        var replayed = new List<Pushed>();
        var pending = new SortedDictionary<int, ReadOnlyMemory<byte>>();
        foreach ((PushHeader header, ReadOnlyMemory<byte> frame) in frames
            .Select(frame => (Header: PushFrame.ReadHeader(frame.Span), frame))
            .OrderBy(one => one.Header.Round)
            .ThenBy(one => one.Header.Ticket))
        {
            bool mayHave = coordinator.MayReplay(header.Ticket, command.Member) && !shard.Settled.Contains(header.Ticket);
            if (header.Round < 0)
            {
                pending.Clear();
            }

            if (mayHave && (header.Round < 0 || header.Round == shard.Version))
            {
                pending.TryAdd(header.Slot, frame);
            }

            if (UpdateKeeper.Replay(shard, [frame], ticket => coordinator.MayReplay(ticket, command.Member)) > 0)
            {
                var outcome = new PushOutcome(PushOutcomeKind.Applied, 0, shard.Version);
                replayed.AddRange(pending.Values.Select(one => Pushed.Of(command.Incarnation, one.Span, outcome, isKept: true)));
                pending.Clear();
            }
        }

        return replayed;
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
