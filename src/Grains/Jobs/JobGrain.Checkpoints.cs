using System.Diagnostics;
using System.Globalization;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>Checkpoints: the run is held while the shards copy themselves, and goes on while the copies are written.</content>
/// <remarks>
/// A store that fails never fails the job: it is told, once for each sentence, and tried again with the next checkpoint. Only when another grid has
/// taken the job over does this coordinator stop.
/// </remarks>
public sealed partial class JobGrain
{
    // Rows of updates come with their workers' next questions: a gradient later, or when their lives are found to be over.
    private static readonly TimeSpan RowsAwaited = TimeSpan.FromSeconds(30);

    // Copying takes milliseconds; a shard that does not answer is gone, and the run must not wait for it.
    private static readonly TimeSpan FreezeMax = TimeSpan.FromMilliseconds(500);

    private readonly List<string> _warnings = [];
    private StoreClaim? _claim;
    private long _checkpoints;
    private long _checkpointNumber;
    private long _checkpointTicket;
    private long _checkpointAt;
    private bool _isCheckpointWished;
    private Task _checkpointing = Task.CompletedTask;
    private double _secondsHeld;
    private LogCut[] _logCuts = [];
    private IReadOnlyList<CheckpointPart> _logParts = [];

    // The run as it was held, and what it takes to write it away.
    private sealed record HeldRun(SavedJob Job, FreezeAnswer[] Shards)
    {
        public long Ticket => Job.Run.Ticket;
    }

    private double CheckpointStallShare => Seconds > 0 ? _secondsHeld / Seconds : 0;

    /// <inheritdoc/>
    public async Task<bool> Checkpoint()
    {
        if (_claim is null || _run is null || _phase != JobPhase.Running)
        {
            return false;
        }

        await _checkpointing;
        long before = _checkpoints;
        BeginCheckpoint(_run);
        for (long since = time.GetTimestamp(); _checkpoints == before && _phase == JobPhase.Running && time.GetElapsedTime(since) < options.Value.HoldTime;)
        {
            await Task.Delay(RetryPause, time);
        }

        return _checkpoints > before;
    }

    private void CheckpointWhenDue(Run run)
    {
        TimeSpan period = options.Value.CheckpointPeriod;
        if (_claim is not null && period > TimeSpan.Zero && time.GetElapsedTime(_checkpointAt) >= period
            && _checkpointing.IsCompleted && run.Coordinator.Totals.Tickets > _checkpointTicket)
        {
            BeginCheckpoint(run);
        }
    }

    private void BeginCheckpoint(Run run)
    {
        _checkpointAt = time.GetTimestamp();
        if (run.Plan.Run.IsSynchronous)
        {
            _isCheckpointWished = true;
            run.Coordinator.RequestCut();
            Pump();
        }
        else
        {
            _checkpointing = CheckpointAsync(run);
        }
    }

    // A round is complete: the cut that was asked for serves both.
    private void CheckpointWhenWished(Run run)
    {
        if (_isCheckpointWished && _checkpointing.IsCompleted)
        {
            _isCheckpointWished = false;
            _checkpointing = CheckpointAsync(run);
        }
    }

    private async Task CheckpointAsync(Run run)
    {
        try
        {
            if (await HoldAsync(run) is { } held)
            {
                await WriteAsync(run, held);
            }
        }
        catch (CheckpointStoreException trouble)
        {
            StoreFailed(trouble);
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogCommandFailed(Job, "Checkpoint", -1, 0, error.Message); // the next one is due soon
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogDefect(defect, Job);
            Warn($"A checkpoint could not be taken: {defect.Message}");
        }
    }

    /// <summary>Holds the run until every shard has copied itself as it is at one ticket.</summary>
    /// <param name="isForGood">True to go on holding: nobody gets a ticket from this coordinator any more.</param>
    /// <returns>Null when it did not come to that; then nothing is different.</returns>
    private async Task<HeldRun?> HoldAsync(Run run, bool isForGood = false)
    {
        bool isHeld = false;
        if (!run.Coordinator.TryHold(out long ticket))
        {
            _isCheckpointWished = true; // the cut that follows brings the next try
            return null;
        }

        long since = time.GetTimestamp();
        try
        {
            run.Ledger.TakeFacts();
            FreezeAnswer[] frozen = await Task.WhenAll(run.Shards.Select(shard => shard.Freeze(ticket))).WaitAsync(FreezeMax, time);
            if (_phase != JobPhase.Running || !frozen.All(answer => answer.IsReady)
                || !run.Coordinator.TryConfirm(ref ticket, [.. frozen.Select(answer => answer.Incarnation)]))
            {
                return null;
            }

            run.Ledger.TakeFacts();
            isHeld = isForGood;
            return new HeldRun(Saved(run), frozen);
        }
        finally
        {
            if (!isHeld)
            {
                run.Coordinator.Release();
            }

            _secondsHeld += time.GetElapsedTime(since).TotalSeconds;
            AskAgain(run);
            Pump();
        }
    }

    private SavedJob Saved(Run run)
    {
        JobPoint[] points = PointsUntilNow();
        return new SavedJob
        {
            Run = run.Coordinator.Save() with { EpochsEvaluated = _events.LastOrDefault(one => one.Kind == "evaluated")?.Epoch ?? 0 },
            Reports = run.Reports.Save(),
            Events = [.. _events],
            Points = points,
            Seconds = points[^1].Seconds,
            TakenAt = time.GetUtcNow(),
            Cluster = cluster.Value.ClusterId,
            LogMark = run.Log!.End,
            LogCuts = _logCuts,
            Leaving = [.. _leaving],
            Resumptions = _resumptions,
            TicketsRedone = _ticketsRedone,
            RecoverySecondsMax = _recovery.SecondsMax,
            IsPaused = run.Coordinator.IsPaused,
            WorkersMax = run.Coordinator.WorkersMax,
        };
    }

    private async Task WriteAsync(Run run, HeldRun held)
    {
        long begin = Stopwatch.GetTimestamp();
        ICheckpointStore store = port.Store!;
        StoreClaim claim = _claim!;
        long number = ++_checkpointNumber; // also of one that fails: nothing that may count by now is written over
        Task<PartAnswer>[] shards =
        [
            .. run.Shards.Select((shard, i) => shard.Store(new PartRequest(
                Job, claim.Generation, claim.Token, ShardPart(i, number), held.Shards[i].Incarnation, held.Ticket))),
        ];
        await RowsBelowAsync(run, held.Job.Run);
        IReadOnlyList<LedgerPiece> pieces = run.Log!.Close();
        var parts = new List<CheckpointPart>(_logParts);
        foreach (LedgerPiece piece in pieces)
        {
            parts.Add(await store.WriteAsync(claim, LogPart(piece), await Task.Run(piece.Pack), CancellationToken.None));
        }

        CheckpointPart[] log = [.. parts];
        parts.Add(await store.WriteAsync(claim, JobPart(number), held.Job.ToBytes(), CancellationToken.None));
        PartAnswer[] written = await Task.WhenAll(shards);
        for (int shard = 0; shard < written.Length; shard++)
        {
            PartAnswer part = written[shard];
            parts.Add(part.Trouble is { } trouble
                ? throw new CheckpointStoreException(trouble, part.Error!)
                : new CheckpointPart(ShardPart(shard, number), part.Path, part.Length, part.Checksum));
        }

        await store.PublishAsync(claim, ManifestOf(run, number, held.Ticket, outcome: null, parts), CancellationToken.None);
        (_checkpoints, _checkpointTicket, _logParts) = (_checkpoints + 1, held.Ticket, log);
        run.Log.Saved(pieces is [.., var last] ? last.End : 0);
        Spans.Checkpoint(begin, held.Ticket, parts.Sum(part => part.Length));
        if (run.Log.End > LedgerLog.SizeWarned)
        {
            Warn($"The job's ledger has grown beyond {LedgerLog.SizeWarned >> 20} MB: to resume the job will take some seconds longer.");
        }
    }

    private CheckpointManifest ManifestOf(Run run, long number, long ticket, string? outcome, IReadOnlyList<CheckpointPart> parts) => new()
    {
        Job = Job,
        Number = number,
        Generation = _claim!.Generation,
        Ticket = ticket,
        Plan = _planText,
        Shape = run.Shape,
        Outcome = outcome,
        Parts = [.. parts],
    };

    private async Task RowsBelowAsync(Run run, SavedRun saved)
    {
        for (long since = time.GetTimestamp(); !run.Ledger.IsToldBelow(saved.Ticket, saved.Facts);)
        {
            if (_phase != JobPhase.Running || time.GetElapsedTime(since) > RowsAwaited)
            {
                throw new TimeoutException($"The ledger still lacks rows below ticket {saved.Ticket}.");
            }

            await Task.Delay(RetryPause, time);
        }
    }

    private void StoreFailed(CheckpointStoreException trouble)
    {
        if (trouble.Trouble == StoreTrouble.Outclaimed)
        {
            _isOutclaimed = true;
            Fail(
                $"Another grid has taken job {Job} over: {trouble.Message}",
                "Follow the job there. One store is for one grid at a time: give each its own.");
        }
        else
        {
            Warn($"The job was not written to {port.Store!.Address}: {trouble.Message} It goes on; what was written before still counts.");
        }
    }

    // Once for each sentence, however often it is true.
    private void Warn(string sentence)
    {
        if (!_warnings.Contains(sentence))
        {
            _warnings.Add(sentence);
            _events.Add(new JobEvent("checkpoint", Seconds, _run?.Coordinator.Totals.Tickets ?? 0, Reason: sentence));
            LogWarned(Job, sentence);
        }
    }

    private static string JobPart(long number) => string.Create(CultureInfo.InvariantCulture, $"{SavedJob.PartPrefix}{number}.json");

    private static string ShardPart(int shard, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Resumption.ShardPrefix}{shard:D4}-{number}");

    private static string LogPart(LedgerPiece piece) => string.Create(CultureInfo.InvariantCulture, $"{Resumption.LogPrefix}{piece.Start:D15}");
}
