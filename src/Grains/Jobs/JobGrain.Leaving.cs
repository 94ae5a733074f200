using Orleans.Runtime.Placement;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>What a silo that is going to leave has to wait for: first the members of the job, then the coordinator itself; and a coordinator's end.</content>
public sealed partial class JobGrain
{
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);
    private bool _isGone;

    /// <inheritdoc/>
    public async Task<bool> SiloLeaving(string silo, TimeSpan deadline)
    {
        Seek();
        using var limit = new CancellationTokenSource(deadline < options.Value.HoldTime ? deadline : options.Value.HoldTime, time);
        try
        {
            while (_phase == JobPhase.Starting && !_isUnknown)
            {
                await _progressed.Task.WaitAsync(limit.Token);
            }

            if (_phase != JobPhase.Running || _run is not { } run)
            {
                return true;
            }

            BeginToLeave(run, silo);
            while (_phase == JobPhase.Running && !run.Coordinator.IsClearOf(silo))
            {
                await _changed.Task.WaitAsync(limit.Token);
            }

            // When the coordinator has gone meanwhile, its next activation knows what is still there.
            return _phase switch
            {
                JobPhase.Running => silo != Here || await GoElsewhereAsync(run),
                JobPhase.Starting => false,
                _ => true,
            };
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string Here => silo.SiloAddress.ToParsableString();

    private void BeginToLeave(Run run, string silo)
    {
        if (_leaving.Add(silo))
        {
            (int workers, int shards) = run.MembersOf(silo);
            _events.Add(new JobEvent(
                "leaving", Seconds, run.Coordinator.Totals.Tickets, Silo: silo, WorkersMoved: workers, ShardsMoved: shards));
            run.Coordinator.SiloLeaving(silo);
            RecordWorkers(run.Coordinator);
            Pump();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The silo stops, or the grain moves. The runtime lets what is under way go on and refuses it its services: taken for the job's own trouble,
    /// that would end a job which the next activation is about to go on with.
    /// </remarks>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_phase is JobPhase.Starting or JobPhase.Running)
        {
            GiveUp();
            Signal(ref _changed);
            Signal(ref _progressed);
        }

        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    // From here on this life decides nothing and writes no end. Whoever waits here is told that his life is over: his next one is about to begin.
    private void GiveUp()
    {
        if (!_isGone)
        {
            _isGone = _isOutclaimed = true;
            _phase = JobPhase.Starting;
            _poll?.Dispose();
            _poll = null;
            _run?.Ledger.Flush();
            _run?.Dispose();
        }
    }

    // A checkpoint that nothing follows: the next activation goes on from it, and has nothing to do again.
    private async Task<bool> GoElsewhereAsync(Run run)
    {
        string? elsewhere = _silos.FirstOrDefault(silo => !_leaving.Contains(silo));
        if (_claim is null || elsewhere is null)
        {
            return false; // lost with its silo, as in a crash
        }

        await _checkpointing;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _checkpointing = done.Task;
        try
        {
            return await TryGoAsync(run, elsewhere);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task<bool> TryGoAsync(Run run, string elsewhere)
    {
        if (await HoldAsync(run, isForGood: true) is not { } held)
        {
            return false; // a round is under way; the next question finds it complete
        }

        try
        {
            await WriteAsync(run, held);
        }
        catch (Exception error) when (error is CheckpointStoreException || IsPassing(error))
        {
            run.Coordinator.Release();
            Warn($"The coordinator could not be written away, so it stays where it is: {error.Message}");
            AskAgain(run);
            Pump();
            return false;
        }

        GiveUp();
        await ReleaseClaimAsync(_claim!);
        Signal(ref _changed);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(elsewhere));
        this.MigrateOnIdle();
        return false;
    }

    // The next activation may be in another process.
    private async Task ReleaseClaimAsync(StoreClaim claim)
    {
        try
        {
            await port.Store!.ReleaseAsync(claim, CancellationToken.None);
        }
        catch (CheckpointStoreException trouble)
        {
            LogCommandFailed(Job, "Release", -1, 0, trouble.Message); // it ends with this process at the latest
        }
    }
}
