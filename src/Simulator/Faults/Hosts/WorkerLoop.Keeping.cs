using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>An update is at its keeper before any shard can have it.</content>
internal sealed partial class WorkerLoop
{
    private readonly Queue<KeptUpdate> _retained = new();
    private int _keeper;

    // A keeper that is new to this worker is given all that is not safe. One that does not answer is down, or cut off, or this silo is: then the ticket is
    // asked for again, until there is another keeper or this life is over. One that refuses was told that it is.
    private void Keep(TicketGrant grant, Action<TicketVerdict> then)
    {
        var update = new KeptUpdate(
            Incarnation, grant.Ticket, [.. _frames[_machine.Sequence].Select(frame => new ReadOnlyMemory<byte>(frame))], default);
        if (_retained.LastOrDefault() is not { } last || last.Ticket != grant.Ticket)
        {
            _retained.Enqueue(update);
        }

        // Of an update that was asked for again even the ticket itself: a shard that came back has it from the keeper.
        while (_retained.TryPeek(out KeptUpdate? oldest) && oldest.Ticket < grant.Safe)
        {
            _retained.Dequeue();
        }

        KeptUpdate[] handed = grant.Keeper == _keeper ? [update] : [.. _retained];
        _keeper = 0;
        if (grant.Keeper == 0)
        {
            then(TicketVerdict.Given);
            return;
        }

        _isBusy = true;
        bool isGoingOn = false;
        _grid.CallKeeper<bool>(
            _host.Silo, _worker, grant.Keeper, (host, reply) => reply(host.Keep(handed, grant.Safe)),
            isTaken => GoOn(isTaken ? TicketVerdict.Given : TicketVerdict.Fenced), () => GoOn(TicketVerdict.Held));
        if (!_grid.Hooks.AwaitsKeepers)
        {
            GoOn(TicketVerdict.Given);
        }

        void GoOn(TicketVerdict verdict)
        {
            if (!isGoingOn)
            {
                isGoingOn = true;
                _keeper = verdict == TicketVerdict.Held ? 0 : grant.Keeper;
                Resume(() => then(verdict));
            }
        }
    }
}
