using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>An update is at its keeper before any shard can have it.</content>
internal sealed partial class WorkerLoop
{
    private readonly Queue<KeptUpdate> _retained = new();
    private int _keeper;
    private bool _isKeeping;

    /// <summary>True when a keeper has everything that one silo could take along.</summary>
    /// <param name="keeper">The worker's newest.</param>
    /// <param name="safe">Nobody needs what lies below.</param>
    public bool IsKept(int keeper, long safe) =>
        (_keeper == keeper && !_isKeeping) || _retained.All(update => update.Ticket < safe);

    // A keeper that is new to this worker is given all that is not safe. One that does not answer is down, or cut off: then
    // the worker goes on, because it is not its own silo that is in trouble. One that refuses was told that this life is over.
    private void Keep(TicketGrant grant, Action<TicketVerdict> then)
    {
        var update = new KeptUpdate(
            Incarnation, grant.Ticket, [.. _frames[_machine.Sequence].Select(frame => new ReadOnlyMemory<byte>(frame))], default);
        _retained.Enqueue(update);
        while (_retained.Peek().Ticket < grant.Safe)
        {
            _retained.Dequeue();
        }

        KeptUpdate[] handed = grant.Keeper == _keeper ? [update] : [.. _retained];
        _keeper = grant.Keeper;
        if (grant.Keeper == 0)
        {
            then(TicketVerdict.Given);
            return;
        }

        _isBusy = _isKeeping = true;
        bool isGoingOn = false;
        _grid.CallKeeper<bool>(
            _host.Silo, _worker, grant.Keeper, (host, reply) => reply(host.Keep(handed, grant.Safe)),
            isTaken => GoOn(isTaken ? TicketVerdict.Given : TicketVerdict.Fenced), () => GoOn(TicketVerdict.Given));
        if (!_grid.Hooks.AwaitsKeepers)
        {
            GoOn(TicketVerdict.Given);
        }

        void GoOn(TicketVerdict verdict)
        {
            if (!isGoingOn)
            {
                isGoingOn = true;
                _isKeeping = false;
                Resume(() => then(verdict));
            }
        }
    }
}
