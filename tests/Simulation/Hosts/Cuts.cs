using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>Reads every shard at one ticket while the coordinator holds the run.</summary>
internal sealed class Cuts(Grid grid, RunCoordinator coordinator, Action<Action> pause, Action<int> reportShard)
{
    /// <param name="then">Told when the run goes on.</param>
    public void Take(Action then)
    {
        if (coordinator.TryHold(out long ticket))
        {
            Read(ticket, [], then);
        }
    }

    private void Read(long ticket, CutRead[] read, Action then)
    {
        int shard = read.Length;
        if (shard == grid.Plan.Run.Shards)
        {
            End(ticket, read, then);
            return;
        }

        grid.CallShard<byte[]?>(
            shard, (host, reply) => host.Pull(-1, 0, 0, reply), frame =>
            {
                if (frame is null)
                {
                    reportShard(shard);
                }
                else if (ViewFrame.ReadHeader(frame) is var header && header.TicketWatermark >= ticket)
                {
                    Read(ticket, [.. read, new CutRead(ticket, shard, header.ShardIncarnation, header.Version)], then);
                    return;
                }

                pause(() => Read(ticket, read, then));
            },
            () => pause(() => Read(ticket, read, then)));
    }

    // A life that was given up meanwhile may have had what its successor has not: then x is not what was read.
    private void End(long ticket, CutRead[] read, Action then)
    {
        if (!coordinator.TryConfirm(ref ticket, [.. read.Select(one => one.Life)]))
        {
            pause(() => Read(ticket, [], then));
            return;
        }

        foreach (CutRead one in read)
        {
            grid.Facts.Add(one);
        }

        coordinator.Release();
        then();
    }
}
