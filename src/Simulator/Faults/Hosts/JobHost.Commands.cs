using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>How each command of the coordinator becomes calls.</content>
internal sealed partial class JobHost
{
    private void CarryOut(RunCommand command)
    {
        switch (command.Kind)
        {
            case RunCommandKind.StartShard when command.Incarnation == 1:
                StartShard(command, _restoration.First(command.Member));
                break;
            case RunCommandKind.StartShard when command.From > 0:
                MoveShard(command);
                break;
            case RunCommandKind.StartShard:
                _restoration.Collect(command, gift => StartShard(command, gift));
                break;
            case RunCommandKind.StartWorker when command.From > 0:
                MoveWorker(command);
                break;
            case RunCommandKind.StartWorker:
                StartWorker(command);
                break;
            case RunCommandKind.StartKeeper:
                StartKeeper(command);
                break;
            case RunCommandKind.FenceWorker when _grid.Hooks.ReturnsDoubtfulLeasesAtOnce:
                Fence(command, null, [], told: true);
                _coordinator.WorkerFenced(command.Ticket, new FenceReport[_grid.Plan.Run.Shards]);
                break;
            case RunCommandKind.FenceWorker:
                _keepers.Decide(command, kept => Fence(command, kept, [], told: false));
                break;
            case RunCommandKind.Cut:
                _cuts.Take(() => Pump());
                break;
            case RunCommandKind.Evaluate:
                _restoration.Remember();
                break;
            case RunCommandKind.Finish:
                ReadResult(0, []);
                break;
        }
    }

    private void StartShard(RunCommand command, ShardGift gift) => _grid.CallShard<string>(
        _grid.Home, command.Member, (host, reply) => reply(host.Start(gift)),
        silo => Then(() => _coordinator.ShardStarted(command.Member, command.Incarnation, silo)),
        () => Pause(() => Then(() => _coordinator.ShardLost(command.Member, command.Incarnation))),
        command.Silo);

    // When the old life does not answer, the new one starts as after a crash.
    private void MoveShard(RunCommand command) => _grid.CallShard<SliceCopy?>(
        _grid.Home, command.Member, (host, reply) => reply(host.HandOver(command.From)),
        handed =>
        {
            if (handed is null)
            {
                _restoration.Collect(command, gift => StartShard(command, gift));
            }
            else
            {
                _restoration.GoOn(command, handed, gift => StartShard(command, gift));
            }
        },
        () => _restoration.Collect(command, gift => StartShard(command, gift)));

    private void StartWorker(RunCommand command) => _grid.CallWorker<string>(
        _grid.Home, command.Member, (host, reply) => reply(host.Start(command.Incarnation)),
        silo => Then(() => _coordinator.WorkerStarted(command.Member, command.Incarnation, silo)),
        () => Pause(() => Then(() => _coordinator.WorkerLost(command.Member, command.Incarnation))),
        command.Silo);

    private void MoveWorker(RunCommand command) => _grid.CallWorker<bool>(
        _grid.Home, command.Member, (host, reply) => reply(host.HandOver(command.From)),
        isHandedOver => Then(() =>
        {
            if (!isHandedOver)
            {
                _coordinator.ResidualGone(command.Member, command.From);
            }

            StartWorker(command);
        }),
        () => Then(() =>
        {
            _coordinator.ResidualGone(command.Member, command.From);
            StartWorker(command);
        }));

    private void StartKeeper(RunCommand command) => _grid.CallKeeper<string>(
        _grid.Home, command.Member, command.Incarnation, (host, reply) => reply(host.Start()),
        silo => Then(() => _coordinator.KeeperStarted(command.Member, command.Incarnation, silo)),
        () => Pause(() => Then(() => _coordinator.KeeperLost(command.Member, command.Incarnation))),
        command.Silo);

    private void Fence(RunCommand command, KeptUpdate? kept, FenceReport[] reports, bool told)
    {
        int shard = reports.Length;
        if (shard == _grid.Plan.Run.Shards)
        {
            if (!told)
            {
                Then(() => _coordinator.WorkerFenced(command.Ticket, reports));
            }

            return;
        }

        ReadOnlyMemory<byte> frame = kept is not null && _coordinator.MayReplay(command.Ticket, shard) ? kept.Frames[shard] : default;
        int life = _coordinator.Shards[shard].Incarnation;
        _grid.CallShard<FenceReport?>(
            _grid.Home, shard,
            (host, reply) => reply(host.Fence(life, command.Member, command.Incarnation, command.Ticket, command.Round, frame)),
            answer =>
            {
                if (answer is { } report)
                {
                    Fence(command, kept, [.. reports, report], told);
                }
                else
                {
                    // When every worker waits for this fence, nobody else meets the shard.
                    ReportShard(shard);
                    Pause(() => Fence(command, kept, reports, told));
                }
            },
            () => Pause(() => Fence(command, kept, reports, told)));
    }
}
