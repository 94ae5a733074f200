using System.Diagnostics;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>Which silos are up, asked now and then, and what their coming and going means for the job.</content>
public sealed partial class JobGrain
{
    /// <inheritdoc/>
    public Task<bool> Recovered(string[] silos)
    {
        Seek();
        if (_phase != JobPhase.Running || _run is not { } run)
        {
            return Task.FromResult(_phase != JobPhase.Starting || _isUnknown);
        }

        bool isRecovered = !_silos.Intersect(silos).Any() && run.Coordinator.IsRecovered;
        if (!isRecovered && run.Coordinator.IsWhole)
        {
            run.Coordinator.RequestCut(); // somebody waits for it
            Pump();
        }

        return Task.FromResult(isRecovered);
    }

    private async Task PollSilosAsync()
    {
        if (_phase == JobPhase.Running && _run is not null)
        {
            TakeSilos(_run, await ActiveSilosAsync());
        }
    }

    // In the order of their addresses.
    private async Task<string[]> ActiveSilosAsync()
    {
        Dictionary<SiloAddress, SiloStatus> hosts = await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts(true);
        return
        [
            .. hosts.Where(host => host.Value == SiloStatus.Active).Select(host => host.Key.ToParsableString())
                .Order(StringComparer.Ordinal),
        ];
    }

    private void TakeSilos(Run run, string[] silos)
    {
        if (!silos.SequenceEqual(_silos))
        {
            RecordMembership(silos);
            run.Coordinator.SilosChanged(silos);
            RecordWorkers(run.Coordinator);
        }

        Pump();
    }

    private async Task PollAsync(CancellationToken cancellation)
    {
        await PollSilosAsync();
        if (_phase == JobPhase.Running && _run is not null)
        {
            CutWhenDue(_run);
            CheckpointWhenDue(_run);
            _run.Ledger.Flush();
            NotePoint();
            Pump();
        }

        if (_phase == JobPhase.Running && ++_polls % PollsPerPing == 0 && _ping.IsCompleted)
        {
            _ping = PingWorkersAsync(_run!); // not awaited: a silo that does not answer must not hold up the polls
        }
    }

    private void RecordMembership(string[] silos)
    {
        foreach (string left in _silos.Except(silos))
        {
            (int workers, int shards) = _run!.MembersOf(left);
            LogSiloLeft(Job, left, workers, shards);
            Spans.Rebalance(Stopwatch.GetTimestamp(), workers, shards, $"silo {left} left");
            _events.Add(new JobEvent(
                "left", Seconds, _run.Coordinator.Totals.Tickets, Silo: left, WorkersMoved: workers, ShardsMoved: shards));
        }

        foreach (string joined in silos.Except(_silos))
        {
            _events.Add(new JobEvent("joined", Seconds, _run!.Coordinator.Totals.Tickets, Silo: joined));
        }

        _silos = silos;
    }

    private void RecordWorkers(RunCoordinator coordinator)
    {
        int wanted = coordinator.WorkersWanted;
        if (wanted != _workersWanted && _workersWanted > 0)
        {
            _events.Add(new JobEvent(
                "workers", Seconds, coordinator.Totals.Tickets, Workers: wanted, RateScale: coordinator.RateScale,
                BatchScale: coordinator.BatchScale));
        }

        _workersWanted = wanted;
    }
}
