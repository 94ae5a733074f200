using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Simulator;

/// <content>Kills, and what a new life of a shard starts from.</content>
internal sealed partial class SimulatedJob
{
    private readonly Queue<long> _workerKills;
    private readonly Queue<long> _shardKills;
    private readonly Queue<long> _siloKills;
    private readonly KeptSlice?[] _kept;

    // What a shard held at the last cut; a new life starts from it when no worker has a newer view.
    private sealed record KeptSlice(int Incarnation, long Version, float[] Slice, TicketSet Settled);

    private void KillWhoIsDue()
    {
        while (_workerKills.TryPeek(out long at) && at <= Totals.Tickets)
        {
            _workerKills.Dequeue();
            KillWorker(_grid.Victims.NextInt(_grid.Workers.Length));
        }

        while (_shardKills.TryPeek(out long at) && at <= Totals.Tickets)
        {
            _shardKills.Dequeue();
            KillShard(_grid.Victims.NextInt(_grid.Shards.Length));
        }

        while (_siloKills.TryPeek(out long at) && at <= Totals.Tickets)
        {
            _siloKills.Dequeue();

            // News of a silo's end is one piece of news, and its workers come first in it.
            for (int worker = 0; worker < _grid.Workers.Length; worker++)
            {
                if (_grid.Victims.NextInt(2) == 0)
                {
                    KillWorker(worker);
                }
            }

            KillShard(_grid.Victims.NextInt(_grid.Shards.Length));
        }
    }

    // A kill is noticed when a call to the victim would have been given up.
    private void KillWorker(int worker)
    {
        if (_grid.Workers[worker] is { } life)
        {
            life.Kill();
            _grid.Workers[worker] = null;
            _grid.Time.After(_grid.Plan.Delays.Timeout, () =>
            {
                _coordinator.WorkerLost(worker, life.Incarnation);
                Pump();
            });
        }
    }

    private void KillShard(int shard)
    {
        if (_grid.Shards[shard].Life is { } life)
        {
            _grid.Shards[shard].Kill();
            _grid.Time.After(_grid.Plan.Delays.Timeout, () =>
            {
                _coordinator.ShardLost(shard, life.Incarnation);
                Pump();
            });
        }
    }

    private void StartShard(RunCommand command)
    {
        if (TryGift(command) is not { } gift)
        {
            return;
        }

        _grid.Network.Deliver(() =>
        {
            if (_coordinator.Shards[command.Member].Incarnation == command.Incarnation)
            {
                _grid.Shards[command.Member].Begin(gift);
                _coordinator.ShardStarted(command.Member, command.Incarnation, Silo);
                Pump();
            }
        });
    }

    private ParameterShard? TryGift(RunCommand command)
    {
        ShardRange range = _grid.Map[command.Member];
        float[] slice = [.. _grid.Initial.AsSpan(range.Start, range.Length)];
        var settled = new TicketSet();
        long version = 0;
        if (command.Incarnation > 1)
        {
            KeptSlice newest = NewestOf(command.Member, command.Incarnation);
            slice = [.. newest.Slice];
            settled.CopyFrom(newest.Settled);
            version = newest.Version;
            if (!_coordinator.TryRestoreShard(command.Member, command.Incarnation, settled, ref version, out _))
            {
                return null;
            }
        }

        var life = new ParameterShard(command.Member, command.Incarnation, slice, version, settled);
        for (int worker = 0; worker < _coordinator.Workers.Length; worker++)
        {
            // A life that is lost is over, although the next one has not been placed yet.
            Member member = _coordinator.Workers[worker];
            life.Fence(worker, member.Incarnation + (member.State == MemberState.Absent ? 1 : 0), openTicket: -1);
        }

        return life;
    }

    private KeptSlice NewestOf(int shard, int incarnationNew)
    {
        ShardRange range = _grid.Map[shard];
        KeptSlice newest = _kept[shard]
            ?? new KeptSlice(0, 0, [.. _grid.Initial.AsSpan(range.Start, range.Length)], new TicketSet());
        for (int worker = 0; worker < _grid.Workers.Length; worker++)
        {
            float[] slice = new float[range.Length];
            var settled = new TicketSet();
            if (_grid.Workers[worker] is { } life
                && life.Incarnation == _coordinator.Workers[worker].Incarnation
                && life.View.TryCopy(shard, incarnationNew, slice, settled, out long version, out int incarnation)
                && (incarnation, version).CompareTo((newest.Incarnation, newest.Version)) >= 0)
            {
                newest = new KeptSlice(incarnation, version, slice, settled);
            }
        }

        return newest;
    }
}
