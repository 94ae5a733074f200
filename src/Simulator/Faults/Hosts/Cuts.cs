using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Reads every shard at one ticket while the coordinator holds the run.</summary>
internal sealed class Cuts(
    Grid grid, RunCoordinator coordinator, long generation, Restoration restoration, Action<Action> pause, Action<int> reportShard)
{
    private bool _isWriting;

    /// <param name="then">Told when the run goes on.</param>
    public void Take(Action then)
    {
        if (coordinator.TryHold(out long ticket))
        {
            Read(ticket, [], then);
        }
    }

    private void Read(long ticket, byte[][] read, Action then)
    {
        int shard = read.Length;
        if (shard == grid.Plan.Run.Shards)
        {
            End(ticket, read, then);
            return;
        }

        grid.CallShard<byte[]?>(
            grid.Home, shard, (host, reply) => host.Pull(-1, 0, 0, reply), frame =>
            {
                if (frame is null)
                {
                    reportShard(shard);
                }
                else if (ViewFrame.ReadHeader(frame) is var header && header.TicketWatermark >= ticket)
                {
                    Read(ticket, [.. read, frame], then);
                    return;
                }

                pause(() => Read(ticket, read, then));
            },
            () => pause(() => Read(ticket, read, then)));
    }

    // A life that was given up meanwhile may have had what its successor has not: then x is not what was read.
    private void End(long ticket, byte[][] read, Action then)
    {
        ViewHeader[] headers = [.. read.Select(frame => ViewFrame.ReadHeader(frame))];
        if (!coordinator.TryConfirm(ref ticket, [.. headers.Select(header => header.ShardIncarnation)]))
        {
            pause(() => Read(ticket, [], then));
            return;
        }

        for (int shard = 0; shard < read.Length; shard++)
        {
            grid.Facts.Add(new CutRead(ticket, shard, headers[shard].ShardIncarnation, headers[shard].Version));
            restoration.Remember(read[shard]);
        }

        coordinator.SnapshotKept(ticket);
        if (!_isWriting)
        {
            _isWriting = true;
            Write(new SavedCut(grid.Hooks.Saved(coordinator.Save()), read, grid.Facts.All.Count));
        }

        coordinator.Release();
        then();
    }

    // One at a time, and not before it is known of every ticket below what became of it: its worker may not have told yet.
    private void Write(SavedCut cut)
    {
        if (!grid.Facts.IsToldBelow(cut.Run.Ticket, cut.Run.Facts))
        {
            pause(() => Write(cut));
            return;
        }

        grid.Store.Write(generation, cut, () => _isWriting = false);
    }
}
