using OrleansSgd.Core.Chaos;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Silo.Chaos;

/// <summary>Plays a script on a grid while a job runs there, and measures how the job's speed takes it.</summary>
/// <remarks>One fault at a time is what a grid promises to survive without a loss: a step that is due before the job is over the last one waits for it.</remarks>
/// <param name="grid">The grid; nobody else changes its silos meanwhile.</param>
/// <param name="script">Without mistakes.</param>
/// <param name="time">The clock.</param>
/// <param name="leaveDeadline">How long a silo may take to leave where its event does not say.</param>
public sealed class ChaosRun(LocalGrid grid, ChaosScript script, TimeProvider time, TimeSpan leaveDeadline)
{
    // Often enough for a speed over half a second, seldom enough to cost nothing.
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(50);

    // Between two looks at a run that has not begun or recovers.
    private static readonly TimeSpan WaitPeriod = TimeSpan.FromMilliseconds(5);

    private readonly ChaosPlayer _player = new(script);
    private readonly List<ChaosDeed> _deeds = [];

    // Addresses of silos whose loss the job may not be over.
    private readonly List<string> _lost = [];
    private long _begun;
    private long _tickets;
    private Task<JobProgress>? _held;

    /// <summary>Called after each step, before the next.</summary>
    public Action<ChaosDeed>? Done { get; init; }

    /// <summary>What was done, in order. Read it after <see cref="PlayAsync"/>.</summary>
    public IReadOnlyList<ChaosDeed> Deeds => _deeds;

    /// <summary>What was done, as a script that can be played again.</summary>
    public ChaosScript Record => _player.Record;

    /// <summary>Events of the script that the job did not live to meet.</summary>
    public int EventsLeft => _player.EventsLeft;

    /// <summary>Tickets over time.</summary>
    public SpeedTrace Speed { get; } = new();

    // On a single silo nobody recovers: what is due there is to bring another.
    private bool IsRecovering => _lost.Count > 0 && grid.Silos.Count(silo => silo.State == LocalSiloState.Active) > 1;

    private double Seconds => _begun == 0 ? 0 : time.GetElapsedTime(_begun).TotalSeconds;

    /// <summary>Plays until the job is over.</summary>
    /// <param name="job">The job's id. It may not have been submitted yet.</param>
    /// <param name="stop">Ends the play before the job is over; the silos stay as they are.</param>
    /// <returns>The last the job said; null when it never answered.</returns>
    public async Task<JobProgress?> PlayAsync(string job, CancellationToken stop)
    {
        JobProgress? last = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                last = await AskAsync(job);
                if (last.IsOver && last.Parameters > 0)
                {
                    return last;
                }

                Observe(last);
                await ForgetLostAsync(job);
            }
            catch (Exception error) when (error is TimeoutException or OrleansException or InvalidOperationException)
            {
                // The job's silo is gone and its next life not there yet: the script goes on, by its own clock.
                _held = null;
            }

            if (_begun != 0)
            {
                await DoDueAsync(job);
            }

            await PauseAsync(stop);
        }

        return last;
    }

    private async Task<JobProgress> AskAsync(string job)
    {
        IJobGrain grain = grid.Grains.GetGrain<IJobGrain>(job);
        double next = _player.NextAt(ChaosClock.Tickets);
        if (_begun == 0 || _lost.Count > 0 || next > long.MaxValue / 2)
        {
            return await grain.Progress(int.MaxValue);
        }

        // The job tells when a ticket is out; meanwhile it is asked how far it is, for the speed.
        _held ??= grain.WaitFor((long)next, int.MaxValue);
        if (!_held.IsCompleted)
        {
            return await grain.Progress(int.MaxValue);
        }

        Task<JobProgress> held = _held;
        _held = null;
        return await held;
    }

    private void Observe(JobProgress progress)
    {
        if (_begun == 0 && progress is { Phase: JobPhase.Running, Tickets: > 0 })
        {
            _begun = time.GetTimestamp();
        }

        if (_begun != 0)
        {
            _tickets = progress.Tickets;
            Speed.Add(Seconds, progress.Tickets);
        }
    }

    private async Task ForgetLostAsync(string job)
    {
        if (_lost.Count > 0 && await grid.Grains.GetGrain<IJobGrain>(job).Recovered([.. _lost]))
        {
            _lost.Clear();
        }
    }

    private async Task DoDueAsync(string job)
    {
        while (!IsRecovering && Math.Min(_player.NextAt(ChaosClock.Tickets) - _tickets, _player.NextAt(ChaosClock.Seconds) - Seconds) <= 0)
        {
            int coordinator = await CoordinatorAsync(job);
            ChaosSilo[] silos = [.. grid.Silos.Select(silo => new ChaosSilo(silo.Index, silo.State == LocalSiloState.Partitioned))];
            double seconds = Seconds;
            if (!_player.TryNext(_tickets, seconds, silos, coordinator, out ChaosStep step))
            {
                return;
            }

            string? address = grid.Silos.FirstOrDefault(silo => silo.Index == step.Silo)?.Address;
            bool? isClear = step.Skipped is null ? await DoAsync(step) : null;
            if (address is not null && (step.Kind is ChaosEventKind.Kill or ChaosEventKind.Partition || isClear == false))
            {
                _lost.Add(address);
            }

            var deed = new ChaosDeed(
                step, _tickets, seconds, Seconds - seconds, isClear, step.Skipped is null && step.Silo == coordinator);
            _deeds.Add(deed);
            Done?.Invoke(deed);
        }
    }

    private async Task<bool?> DoAsync(ChaosStep step)
    {
        switch (step.Kind)
        {
            case ChaosEventKind.Join:
                await grid.AddSiloAsync(step.Silo);
                break;
            case ChaosEventKind.Leave:
                return await grid.LeaveAsync(step.Silo, double.IsNaN(step.Deadline) ? leaveDeadline : TimeSpan.FromSeconds(step.Deadline));
            case ChaosEventKind.Kill:
                await grid.KillAsync(step.Silo);
                break;
            case ChaosEventKind.Slow:
                grid.Slow(step.Silo, step.Factor);
                break;
            case ChaosEventKind.Partition:
                grid.Partition(step.Silo);
                break;
            case ChaosEventKind.Heal:
                await grid.HealAsync(step.Silo);
                break;
            default:
                throw new InvalidOperationException($"A script cannot {step.Kind}.");
        }

        return null;
    }

    private async Task<int> CoordinatorAsync(string job)
    {
        try
        {
            string address = await grid.Grains.GetGrain<IJobGrain>(job).Silo();
            return grid.Silos.FirstOrDefault(silo => silo.Address == address)?.Index ?? -1;
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            return -1; // it is between two lives
        }
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        double seconds = Math.Clamp(_player.NextAt(ChaosClock.Seconds) - Seconds, 0.001, SamplePeriod.TotalSeconds);
        TimeSpan period = _begun == 0 || _lost.Count > 0 ? WaitPeriod : TimeSpan.FromSeconds(seconds);
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task delay = Task.Delay(period, time, pause.Token);
        await Task.WhenAny(_held is null ? [delay] : [delay, _held]);
        await pause.CancelAsync();
    }
}
