using System.Runtime.InteropServices;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>A coordinator that knows nothing of its job looks for it in the store, and goes on from its newest checkpoint.</content>
/// <remarks>
/// Its silo died, or the whole grid did: one path for both. The job is claimed first, so that whoever coordinated it before, and may only have been
/// thought dead, publishes nothing any more. Then the newest checkpoint is looked for again: the earlier life may have published one meanwhile.
/// </remarks>
public sealed partial class JobGrain
{
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    // Shards of an earlier life that are gone answer never; this is not worth more of a wait.
    private static readonly TimeSpan AskOldMax = TimeSpan.FromSeconds(1);

    private bool _isSought;
    private bool _isUnknown;
    private bool _isOutclaimed;
    private long _lostAt;
    private int _resumptions;
    private long _ticketsRedone;
    private double _secondsBefore;
    private double _heldAtStart;
    private bool _isStartExpected;
    private JobProgress? _ended;

    /// <inheritdoc/>
    public Task Begin(string plan, long generation, string token)
    {
        if (_planText.Length == 0)
        {
            _claim = new StoreClaim(Job, generation, token);
            _checkpoints = _checkpointNumber = 1;
            _isSought = true;
        }

        return Start(plan);
    }

    /// <inheritdoc/>
    public Task Resume()
    {
        Seek();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<string> Plan()
    {
        Seek();
        return Task.FromResult(_planText);
    }

    // Somebody asks for a job that this activation does not know.
    private void Seek()
    {
        if (_planText.Length == 0 && !_isSought)
        {
            _isSought = true;
            _isUnknown = port.Store is null;
            _lostAt = time.GetTimestamp();
            if (port.Store is { } store)
            {
                _ = SeekAsync(store);
            }
        }
    }

    private async Task SeekAsync(ICheckpointStore store)
    {
        try
        {
            while (!await TryFindAsync(store))
            {
                await Task.Delay(StorePause, time);
            }
        }
        catch (CheckpointStoreException trouble)
        {
            Refuse($"Job {Job} cannot be resumed: {trouble.Message}", "Repair the store; nothing in it was changed.");
        }
        catch (InvalidDataException foreign)
        {
            Refuse($"Job {Job} cannot be resumed: {foreign.Message}", "Nothing in the store was changed.");
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogDefect(defect, Job);
            Refuse($"Job {Job} could not be resumed: {defect.Message}", "The log of the silo has the details; nothing in the store was changed.");
        }

        Signal(ref _progressed);
    }

    private async Task<bool> TryFindAsync(ICheckpointStore store)
    {
        try
        {
            if (await FindAsync(store) is not { } found)
            {
                return true; // what there is to say of it is said
            }

            if (found.Outcome is not null)
            {
                await ShowEndAsync(store, found);
                return true;
            }

            if (_isGone)
            {
                return true; // the job is for the next life
            }

            StoreClaim claim = await store.ClaimAsync(Job, CancellationToken.None);
            if (await FindAsync(store) is not { } newest)
            {
                return true;
            }

            Resumption from = await Resumption.ReadAsync(store, claim, newest, CancellationToken.None);
            _planText = newest.Plan;
            await BeginAsync(from);
            return true;
        }
        catch (CheckpointStoreException trouble) when (trouble.IsPassing)
        {
            Warn($"Job {Job} waits for its store: {trouble.Message}");
            return false;
        }
    }

    // Never from the beginning in silence: where there was a checkpoint, there must be a whole one.
    private async Task<CheckpointManifest?> FindAsync(ICheckpointStore store)
    {
        FoundCheckpoint found = await store.FindAsync(Job, CancellationToken.None);
        if (found.Manifest is null && found.PassedOver.Count > 0)
        {
            Refuse(
                $"Job {Job} has no checkpoint that is whole: {string.Join(' ', found.PassedOver)}",
                "Bring back the missing files from a copy of the store, or submit the job again to begin anew.");
        }
        else if (found.Manifest is null)
        {
            _isUnknown = true;
        }

        foreach (string damaged in found.Manifest is null ? [] : found.PassedOver)
        {
            Warn(damaged);
        }

        return found.Manifest;
    }

    private async Task ShowEndAsync(ICheckpointStore store, CheckpointManifest manifest)
    {
        JobProgress? ended = null;
        foreach (CheckpointPart part in manifest.Parts)
        {
            if (part.Name is EndedJob.PartName or EndedJob.CurveName or EndedJob.ModelName or EndedJob.StatisticsName)
            {
                ReadOnlyMemory<byte> bytes = await store.ReadAsync(Job, part, CancellationToken.None);
                ended = part.Name == EndedJob.PartName ? EndedJob.Read(bytes.Span) : ended;
                _curveEnded = part.Name == EndedJob.CurveName ? EndedJob.ReadCurve(bytes.Span) : _curveEnded;
                _trained = part.Name == EndedJob.ModelName ? MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray() : _trained;
                _statistics = part.Name == EndedJob.StatisticsName ? MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray() : _statistics;
            }
        }

        _ended = ended ?? throw new InvalidDataException($"The checkpoint says that job {Job} ended ({manifest.Outcome}), but not how.");
        _planText = manifest.Plan;
        _phase = ended.Phase;
    }

    // A run that begins has nothing to take up, but may have a store.
    private async Task TakeUpAsync(Run run, Resumption? from)
    {
        if (from is not null)
        {
            await GoOnAsync(run, from);
        }
        else if (_claim is not null)
        {
            run.KeepLog(new LedgerLog());
        }

        if (_claim is { } claim && port.Store is { } store)
        {
            run.Mark = await MarkOrNone(() => store.OpenMarkAsync(claim, CancellationToken.None), null);
            run.Mark?.Set(run.Coordinator.Totals.Tickets);
        }
    }

    // How far the lives since the checkpoint had got: each of them began at its ticket. −1 when nobody knows.
    private async Task<long> RedoneAsync(Run run, Resumption from)
    {
        long ticket = from.Run.Ticket;
        IReadOnlyDictionary<long, long> marks = await MarkOrNone(
            () => port.Store!.MarksAsync(Job, CancellationToken.None), new Dictionary<long, long>());
        if (marks.ContainsKey(from.Manifest.Generation))
        {
            return marks.Where(mark => mark.Key >= from.Manifest.Generation && mark.Key < from.Claim.Generation)
                .Sum(mark => Math.Max(0, mark.Value - ticket));
        }

        long end = from.Saved?.Cluster == cluster.Value.ClusterId ? await TicketEndAsync(run) : -1;
        return end < 0 ? -1 : Math.Max(0, end - ticket);
    }

    // A mark is worth no trouble: without one it is said that the number is not known.
    private async Task<T> MarkOrNone<T>(Func<Task<T>> ask, T none)
    {
        try
        {
            return await ask();
        }
        catch (CheckpointStoreException trouble)
        {
            LogCommandFailed(Job, "Mark", -1, 0, trouble.Message);
            return none;
        }
    }

    // What was done before counts up to the checkpoint's ticket, and nothing after it.
    private async Task GoOnAsync(Run run, Resumption from)
    {
        long ticket = from.Run.Ticket;
        long redone = await RedoneAsync(run, from);
        int before = Core.Runs.SavedRun.LivesBefore(from.Claim.Generation);
        await pool.Run(() =>
        {
            run.Ledger.Replay(from.Log, from.LogCuts);
            return true;
        });
        run.KeepLog(new LedgerLog(from.LogEnd));
        run.Ledger.Resumed(ticket, before);
        _heldAtStart = run.Ledger.HeldNorm;
        _isStartExpected = from.Saved is not null && run.Ledger.Expect(ticket);
        run.Ledger.TakeFacts();
        foreach (string silo in from.Saved?.Leaving ?? [])
        {
            _leaving.Add(silo);
            run.Coordinator.SiloLeaving(silo);
        }

        run.Coordinator.IsPaused = from.Saved?.IsPaused ?? false;
        run.Coordinator.LimitWorkers(from.Saved?.WorkersMax ?? 0);
        _claim = from.Claim;
        _checkpoints = from.Manifest.Number;
        _checkpointNumber = from.Manifest.Number;
        _checkpointTicket = ticket;
        _logCuts = from.LogCuts;
        _logParts = [.. from.Manifest.Parts.Where(part => part.Name.StartsWith(Resumption.LogPrefix, StringComparison.Ordinal))];
        _resumptions = (from.Saved?.Resumptions ?? 0) + 1;
        _ticketsRedone = (from.Saved?.TicketsRedone ?? 0) + Math.Max(0, redone);
        _secondsBefore = from.Saved?.Seconds ?? 0;
        _recovery.SecondsMax = from.Saved?.RecoverySecondsMax ?? double.NaN;
        _events.InsertRange(0, from.Saved?.Events ?? []);
        _curve.GoOn(from.Saved?.Points ?? []);
        _eventsBase = (int)from.Claim.Generation << EventNumberBits;
        double away = from.Saved is { } saved ? Math.Max(0, (time.GetUtcNow() - saved.TakenAt).TotalSeconds) : 0;
        _resumedAt = _events.Count;
        _events.Add(new JobEvent("resumed", _secondsBefore, ticket, TicketsRedone: redone, SecondsSince: away));
        LogResumed(Job, from.Claim.Generation, from.Manifest.Number, ticket, redone);
    }

    // The shards of the same grid may still be up, and know how far they had got. −1 when none of them does.
    private async Task<long> TicketEndAsync(Run run)
    {
        long end = -1;
        Task<long>[] asked = [.. run.Shards.Select(shard => shard.TicketEnd())];
        foreach (Task<long> one in asked)
        {
            try
            {
                long answer = await one.WaitAsync(AskOldMax, time);
                end = answer > 0 ? Math.Max(end, answer) : end;
            }
            catch (Exception error) when (IsPassing(error))
            {
                LogCommandFailed(Job, "TicketEnd", -1, 0, error.Message);
            }
        }

        return end;
    }

    // Nothing is published: the job stays in the store as it is.
    private void Refuse(string error, string hint)
    {
        _isOutclaimed = true;
        Fail(error, hint);
    }
}
