using System.Runtime.InteropServices;
using Orleans.Runtime.Placement;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>Keepers, and what they and old lives hand over.</content>
public sealed partial class JobGrain
{
    private IKeeperGrain KeeperOf(int worker, int number) => GrainFactory.GetGrain<IKeeperGrain>(JobKeys.Keeper(Job, worker, number));

    private IEnumerable<IKeeperGrain> KeepersOf(Run run) =>
        from worker in Enumerable.Range(0, run.Workers.Length)
        from number in run.Coordinator.KeepersOf(worker)
        select KeeperOf(worker, number);

    private async Task StartKeeperAsync(Run run, RunCommand command)
    {
        try
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(command.Silo));
            string host = await KeeperOf(command.Member, command.Incarnation).Start();
            run.Coordinator.KeeperStarted(command.Member, command.Incarnation, host);
            ForgetKeeper(command.Member, command.Incarnation - RunCoordinator.KeepersRemembered);
        }
        catch (Exception error) when (IsPassing(error))
        {
            await PauseAsync(command, error);
            run.Coordinator.KeeperLost(command.Member, command.Incarnation);
        }
    }

    // Nobody asks it any more, and it holds memory; one that cannot be reached is gone anyway.
    private void ForgetKeeper(int worker, int number)
    {
        if (number > 0)
        {
            _ = SuppressAsync(KeeperOf(worker, number).Stop());
        }

        static async Task SuppressAsync(Task stop) =>
            await stop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // The newest keeper is asked first; one that is gone answers that it has nothing.
    private async Task<KeptAnswer> FindKeptAsync(Run run, RunCommand command)
    {
        foreach (int number in run.Coordinator.KeepersOf(command.Owner).ToArray())
        {
            try
            {
                KeptAnswer kept = await KeeperOf(command.Owner, number).Close(command.Ticket, command.Incarnation);
                if (kept.Frames.Length > 0)
                {
                    return kept;
                }
            }
            catch (Exception error) when (IsPassing(error))
            {
                LogCommandFailed(Job, "Close", command.Owner, number, error.Message);
            }
        }

        return KeptAnswer.None;
    }

    // What only dead members had seen of a shard is with the keepers of the workers that pushed it. Of rounds, those that are complete there are
    // taken up; the slots of one that is not come with fences, or from the workers that retain them.
    private async Task<(ShardStart Start, long[] Replayed)> ReplayAsync(Run run, RunCommand command, ShardStart start)
    {
        List<ReadOnlyMemory<byte>> frames = await FramesAsync(run, command.Member, start.TicketWatermark);
        var settled = new TicketSet();
        settled.Load(start.TicketWatermark, start.TicketExceptions);
        var shard = new ParameterShard(
            command.Member, command.Incarnation, MemoryMarshal.Cast<byte, float>(start.Slice.Span).ToArray(), start.Version, settled);
        UpdateKeeper.Replay(shard, frames, ticket => run.Coordinator.MayReplay(ticket, command.Member));
        long[] replayed =
        [
            .. frames.Select(frame => PushFrame.ReadHeader(frame.Span).Ticket).Distinct()
                .Where(ticket => !settled.Contains(ticket) && shard.Settled.Contains(ticket)).Order(),
        ];
        return replayed.Length == 0 ? (start, []) : (start with
        {
            Slice = MemoryMarshal.AsBytes(shard.Parameters).ToArray(),
            Version = shard.Version,
            TicketWatermark = shard.Settled.Watermark,
            TicketExceptions = Exceptions(shard.Settled),
        }, replayed);
    }

    // What a keeper is asked about meanwhile goes into this life of the shard, or into none: then all are asked again.
    private async Task<List<ReadOnlyMemory<byte>>> FramesAsync(Run run, int shard, long ticketMin)
    {
        while (true)
        {
            int asked = run.Kept.Asked;
            var frames = new List<ReadOnlyMemory<byte>>();
            for (int worker = 0; worker < run.Workers.Length; worker++)
            {
                foreach (int number in run.Coordinator.KeepersOf(worker).ToArray())
                {
                    frames.AddRange(await FramesAsync(worker, number, shard, ticketMin));
                }
            }

            if (asked == run.Kept.Asked && !run.Kept.IsDeciding)
            {
                return [.. frames, .. run.Kept.FramesOf(shard)];
            }

            await Task.Delay(RetryPause, time);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FramesAsync(int worker, int number, int shard, long ticketMin)
    {
        try
        {
            return (await KeeperOf(worker, number).Frames(shard, ticketMin)).Frames;
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogCommandFailed(Job, "Frames", worker, number, error.Message);
            return [];
        }
    }

    private async Task<SliceAnswer> HandOverAsync(Run run, RunCommand command)
    {
        try
        {
            return await run.Shards[command.Member].HandOver(command.From);
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogCommandFailed(Job, "HandOver", command.Member, command.From, error.Message);
            return SliceAnswer.None; // as after a crash
        }
    }

    private async Task<WorkerCarry?> CarryAsync(Run run, RunCommand command)
    {
        WorkerCarry? carry = null;
        try
        {
            carry = await run.Workers[command.Member].HandOver(command.From);
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogCommandFailed(Job, "HandOver", command.Member, command.From, error.Message);
        }

        if (carry is null)
        {
            run.Coordinator.ResidualGone(command.Member, command.From);
        }

        return carry;
    }

    private static ShardStart With(ShardStart start, SliceAnswer slice) => start with
    {
        Slice = slice.Slice,
        Version = slice.Version,
        TicketWatermark = slice.TicketWatermark,
        TicketExceptions = slice.TicketExceptions,
    };
}
