using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <content>Pulls and pushes, and what comes back.</content>
internal sealed partial class WorkerLoop
{
    private void Send(WorkerCommand command)
    {
        int shard = command.Shard;
        long version = View.Version(shard);
        int life = View.Incarnation(shard);
        _underWay++;
        if (command.Kind == WorkerCommandKind.Push)
        {
            byte[] frame = _frames[command.Sequence][shard];
            _grid.CallShard<byte[]?>(
                _host.Silo, shard, (host, reply) => reply(host.Push(frame, version, life)), Arrive, Fail);
        }
        else
        {
            _grid.CallShard<byte[]?>(
                _host.Silo, shard, (host, reply) => host.Pull(version, life, command.Version, reply), Arrive, Fail);
        }

        void Arrive(byte[]? frame) => Arrived(() => Answered(command, frame));

        void Fail() => Arrived(() => _machine.CallFailed(command));
    }

    private void Answered(WorkerCommand command, byte[]? frame)
    {
        ViewHeader header = default;
        if (frame is null || !View.TryApply(frame, out header))
        {
            if (frame is null)
            {
                _grid.CallJob<int>(
                    _host.Silo,
                    (job, reply) =>
                    {
                        job.ReportShard(command.Shard);
                        reply(0);
                    },
                    _ => { }, () => { });
            }

            header = new ViewHeader { Outcome = (byte)PushOutcomeKind.NotReady };
        }
        else
        {
            NoteView(command.Shard);
        }

        var outcome = new PushOutcome((PushOutcomeKind)header.Outcome, header.Delay, header.Version);
        if (command.Kind == WorkerCommandKind.Push)
        {
            long done = _machine.UpdatesDone;
            _machine.PushAnswered(command.Shard, command.Sequence, outcome, header.ShardIncarnation);
            if (_machine.UpdatesDone > done)
            {
                _rows.Add(_machine.Ticket);
            }
        }
        else
        {
            _machine.ViewArrived(command.Shard, outcome.Kind, header.Version, header.ShardIncarnation);
        }
    }

    private void NoteView(int shard)
    {
        ShardRange range = _grid.Model.Map[shard];
        float[] slice = View.Parameters.Slice(range.Start, range.Length).ToArray();
        _grid.Facts.Add(new Viewed(
            _worker, shard, View.Incarnation(shard), View.Version(shard), _grid.Hooks.View(slice)));
    }
}
