using System.Runtime.InteropServices;
using Orleans.Runtime.Placement;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Shards;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <summary>How each command of the coordinator becomes grain calls.</summary>
public sealed partial class JobGrain
{
    // Tries of a view collection before the worker is given up: with the pause below well above a garbage collection.
    private const int CollectTriesMax = 5;

    // A member that dies during the last evaluation is replaced within seconds.
    private const int LastCutTriesMax = 100;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private Task _evaluating = Task.CompletedTask;

    private async Task CarryOutAsync(Run run, RunCommand command)
    {
        try
        {
            switch (command.Kind)
            {
                case RunCommandKind.StartShard:
                    await StartShardAsync(run, command);
                    break;
                case RunCommandKind.StartWorker:
                    await StartWorkerAsync(run, command);
                    break;
                case RunCommandKind.StartKeeper:
                    await StartKeeperAsync(run, command);
                    break;
                case RunCommandKind.FenceWorker:
                    await FenceWorkerAsync(run, command);
                    break;
                case RunCommandKind.Cut:
                    await CutAsync(run);
                    break;
                case RunCommandKind.Evaluate:
                    await EvaluateAsync(run, command.Member, isLast: false);
                    break;
                case RunCommandKind.Finish:
                    await EvaluateAsync(run, run.Plan.Run.Epochs, isLast: true);
                    break;
            }
        }
        catch (ModelException error)
        {
            Fail(error.Message, error.Hint);
        }
        catch (Exception refused) when (_isGone && refused is not OutOfMemoryException)
        {
            LogCommandFailed(Job, command.Kind.ToString(), command.Member, command.Incarnation, refused.Message);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            FailBy(defect, $"The grid could not carry out {command.Kind}");
        }

        Pump();
    }

    private async Task StartShardAsync(Run run, RunCommand command)
    {
        try
        {
            ShardStart? start = command.Incarnation == 1 ? FirstStart(run, command.Member) : await RestoreAsync(run, command);
            if (start is null)
            {
                return; // this life was lost while its parameters were collected
            }

            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(command.Silo));
            string host = await run.Shards[command.Member].Start(start);
            run.Coordinator.ShardStarted(command.Member, command.Incarnation, host);
        }
        catch (Exception error) when (IsPassing(error))
        {
            await PauseAsync(command, error);
            run.Coordinator.ShardLost(command.Member, command.Incarnation);
        }
    }

    private async Task StartWorkerAsync(Run run, RunCommand command)
    {
        try
        {
            WorkerCarry? carry = command.From > 0 ? await CarryAsync(run, command) : null;
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(command.Silo));
            string host = await run.Workers[command.Member].Start(
                new WorkerStart(Job, command.Member, command.Incarnation, _planText, carry));
            run.Coordinator.WorkerStarted(command.Member, command.Incarnation, host);
        }
        catch (Exception error) when (IsPassing(error))
        {
            await PauseAsync(command, error);
            run.Coordinator.WorkerLost(command.Member, command.Incarnation);
        }
    }

    private async Task FenceWorkerAsync(Run run, RunCommand command)
    {
        KeptAnswer kept = command is { Owner: >= 0, Ticket: >= 0 }
            ? await run.Kept.Find(command, () => FindKeptAsync(run, command))
            : KeptAnswer.None;
        var reports = new FenceReport[run.Shards.Length];
        for (int shard = 0; shard < run.Shards.Length && _phase == JobPhase.Running;)
        {
            try
            {
                FenceAnswer answer = await run.Shards[shard].Fence(
                    new FenceRequest(
                        command.Member, command.Incarnation, command.Ticket, command.Round,
                        run.Coordinator.MayReplay(command.Ticket, shard) ? kept.Frames.ElementAtOrDefault(shard) : default,
                        run.Coordinator.Shards[shard].Incarnation));
                if (answer.IsReady)
                {
                    reports[shard++] = answer.ToReport();
                    continue;
                }

                await ReportShard(shard);
                await Task.Delay(RetryPause, time);
            }
            catch (Exception error) when (IsPassing(error))
            {
                await PauseAsync(command, error);
            }
        }

        run.Coordinator.WorkerFenced(command.Ticket, reports);
    }

    // Evaluations overlap, but are told in the order of their epochs; the run is not over before all are told.
    private async Task EvaluateAsync(Run run, int epoch, bool isLast)
    {
        Task before = _evaluating;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _evaluating = done.Task;
        try
        {
            await EvaluateAsync(run, epoch, isLast, before);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task EvaluateAsync(Run run, int epoch, bool isLast, Task before)
    {
        for (int tries = 0; _phase == JobPhase.Running; tries++)
        {
            try
            {
                // A synchronous run is whole only at its last round: a shard may still be catching up.
                HeldModel model = await ReadAsync(run, isLast ? run.Coordinator.VersionWhole : 0, isMeasured: true);
                if (isLast && model.Ticket < 0 && tries < LastCutTriesMax)
                {
                    await Task.Delay(RetryPause, time); // the certificate ends where the loss is known
                    continue;
                }

                ModelSnapshot snapshot = model.Snapshot;
                run.Snapshot = snapshot;
                double seconds = Seconds;
                if (isLast)
                {
                    _secondsTotal = seconds;
                }

                await MeasureAsync(run, model); // first: the ledger hears of cuts in their order, and a later one may be told while this one is evaluated
                (double loss, double accuracy) = await run.Evaluator.EvaluateAsync(snapshot.Parameters);
                await before;
                _events.Add(new JobEvent(
                    "evaluated", seconds, run.Coordinator.Totals.Tickets, epoch, loss, accuracy, Samples: SamplesOf(run.Coordinator, epoch - 1)));
                if (isLast)
                {
                    await MeasureSmoothnessAsync(run);
                }

                if (isLast && _phase == JobPhase.Running)
                {
                    _statistics = await run.Evaluator.StatisticsAsync(snapshot.Parameters);
                    _trained = snapshot.Parameters;
                    End(JobPhase.Completed);
                }

                return;
            }
            catch (Exception error) when (IsPassing(error))
            {
                await PauseAsync(new RunCommand(RunCommandKind.Evaluate, epoch), error);
                await FindLostShardsAsync(run);
                if (!isLast)
                {
                    return; // the next epoch brings the next evaluation
                }
            }
        }
    }

    // Nobody pushes any more who would meet a shard without parameters.
    private async Task FindLostShardsAsync(Run run)
    {
        for (int shard = 0; shard < run.Shards.Length; shard++)
        {
            try
            {
                await ReportShard(shard);
            }
            catch (Exception error) when (IsPassing(error))
            {
                LogCommandFailed(Job, "Ping", shard, 0, error.Message); // the next try of the evaluation asks again
            }
        }
    }

    // A worker's loop tells when it ends; this finds those whose word was lost.
    private async Task PingWorkersAsync(Run run)
    {
        for (int worker = 0; worker < run.Workers.Length; worker++)
        {
            Member asked = run.Coordinator.Workers[worker];
            if (asked.State != MemberState.Live)
            {
                continue;
            }

            try
            {
                int incarnation = await run.Workers[worker].Ping();
                if (incarnation < asked.Incarnation && run.Coordinator.Workers[worker] == asked)
                {
                    run.Coordinator.WorkerLost(worker, asked.Incarnation);
                    Pump();
                }
            }
            catch (Exception error) when (IsPassing(error))
            {
                LogCommandFailed(Job, "Ping", worker, asked.Incarnation, error.Message); // its silo is gone or will be asked again
            }
        }
    }

    private static ShardStart FirstStart(Run run, int shard)
    {
        float[] initial = run.Initial;
        ReadOnlySpan<float> slice = initial.AsSpan(run.Map[shard].Start, run.Map[shard].Length);
        return new ShardStart(
            shard, 1, MemoryMarshal.AsBytes(slice).ToArray(), 0, 0, [], new int[run.Workers.Length], run.Plan.Run.AnswerFraction);
    }

    // The newest view of any living worker is the shard as it was a moment ago: nothing better exists outside it.
    private async Task<ShardStart?> RestoreAsync(Run run, RunCommand command)
    {
        int shard = command.Member;
        ShardStart newest = FirstStart(run, shard);
        string source = "the initial parameters";
        if (run.Snapshot is { } snapshot)
        {
            newest = newest with
            {
                Slice = MemoryMarshal.AsBytes(snapshot.Slice(shard)).ToArray(),
                Version = snapshot.Version(shard),
                TicketWatermark = snapshot.Settled(shard).Watermark,
                TicketExceptions = Exceptions(snapshot.Settled(shard)),
            };
            source = "the last evaluation";
        }

        int newestLife = run.Snapshot?.Incarnation(shard) ?? 0;
        bool isWhole = false;
        if (command.From > 0 && await HandOverAsync(run, command) is { Version: >= 0 } handed)
        {
            newest = With(newest, handed);
            isWhole = true;
            source = "its last life";
        }

        for (int worker = 0; worker < run.Workers.Length && !isWhole; worker++)
        {
            SliceAnswer answer = await CollectAsync(run, worker, shard, command.Incarnation);
            if (answer.Version >= 0 && (answer.Incarnation, answer.Version).CompareTo((newestLife, newest.Version)) >= 0)
            {
                newestLife = answer.Incarnation;
                newest = With(newest, answer);
                source = string.Create(null, $"worker {worker}'s view");
            }
        }

        // What was handed over is whole: whoever has an update under way lives, and pushes it to the new life.
        long[] replayed = [];
        if (!isWhole)
        {
            (newest, replayed) = await ReplayAsync(run, command, newest);
        }

        var settled = new TicketSet();
        settled.Load(newest.TicketWatermark, newest.TicketExceptions);
        long version = newest.Version;
        if (!run.Coordinator.TryRestoreShard(shard, command.Incarnation, settled, ref version, out int lost, replayed, isWhole))
        {
            return null;
        }

        if (run.Plan.Run.AnswerFraction < 1 && source.StartsWith("worker", StringComparison.Ordinal))
        {
            run.Ledger.Break(
                $"Shard {shard} came back from {source}, which compressed answers had kept some way off: x moved by an amount nobody knows.");
        }

        LogShardRestored(Job, shard, command.Incarnation, source, version, replayed.Length, lost);
        return newest with
        {
            Incarnation = command.Incarnation,
            Version = version,
            TicketWatermark = settled.Watermark,
            TicketExceptions = Exceptions(settled),
            WorkerIncarnations = run.WorkerIncarnations(),
        };
    }

    private async Task<SliceAnswer> CollectAsync(Run run, int worker, int shard, int incarnationNew)
    {
        int incarnation = run.Coordinator.Workers[worker].Incarnation;
        for (int tries = 0; run.Coordinator.Workers[worker] is { State: MemberState.Live or MemberState.Finished } live
            && live.Incarnation == incarnation; tries++)
        {
            try
            {
                return await run.Workers[worker].CopySlice(shard, incarnationNew);
            }
            catch (Exception error) when (IsPassing(error))
            {
                if (tries == CollectTriesMax)
                {
                    // It may know updates that the new life will not have, so it must not push to it any more.
                    run.Coordinator.WorkerLost(worker, incarnation);
                    break;
                }

                await PauseAsync(new RunCommand(RunCommandKind.StartShard, shard, incarnationNew), error);
            }
        }

        return SliceAnswer.None;
    }

    private async Task PauseAsync(RunCommand command, Exception error)
    {
        LogCommandFailed(Job, command.Kind.ToString(), command.Member, command.Incarnation, error.Message);
        await Task.Delay(RetryPause, time);
        try
        {
            await PollSilosAsync();
        }
        catch (Exception failure) when (IsPassing(failure))
        {
            LogCommandFailed(Job, "GetHosts", -1, 0, failure.Message);
        }
    }

    private static long[] Exceptions(TicketSet settled)
    {
        long[] exceptions = new long[settled.ExceptionCount];
        settled.CopyExceptionsTo(exceptions);
        return exceptions;
    }
}
