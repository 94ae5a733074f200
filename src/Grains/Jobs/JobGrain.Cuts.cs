using System.Runtime.InteropServices;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>Cuts: moments at which the run is held, its parameters read as they are at one ticket, and the loss there measured.</content>
public sealed partial class JobGrain
{
    // Of the time between two cuts inside an epoch, what measuring the loss may take: of a large network it takes seconds.
    private const double LossShareMax = 0.1;

    private static readonly TimeSpan StartLossDelay = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource _startWanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _cutting = Task.CompletedTask;
    private readonly List<HeldTicket> _heldTickets = [];
    private bool _isLossDue;
    private long _cutMeasured = -1;
    private Task _measuring = Task.CompletedTask;
    private long _cutAt;
    private long _cutTickets;
    private double _lossSeconds;

    // A worker whose question for a ticket waits.
    private sealed record HeldTicket(TicketRequest Request, TaskCompletionSource<TicketAnswer> Answer);

    /// <summary>The parameters just before a ticket; −1 when they could be read only as they were at the moment.</summary>
    private readonly record struct HeldModel(long Ticket, double Held, ModelSnapshot Snapshot);

    private async ValueTask<TicketAnswer> TicketLater(TicketRequest request)
    {
        var held = new HeldTicket(request, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _heldTickets.Add(held);
        try
        {
            return await held.Answer.Task.WaitAsync(options.Value.HoldTime, time);
        }
        catch (TimeoutException)
        {
            return new TicketAnswer(TicketVerdict.Held, -1, -1);
        }
        finally
        {
            _heldTickets.Remove(held);
        }
    }

    private static TicketAnswer Answer(Run run, in TicketRequest request)
    {
        TicketVerdict verdict = run.Coordinator.TicketAsked(
            request.Worker, request.Incarnation, request.Sequence, request.Lease, request.Start, request.End, request.Norm,
            request.Viewed, out TicketGrant grant);
        run.Mark?.Set(run.Coordinator.Totals.Tickets);
        return new TicketAnswer(verdict, grant.Ticket, grant.RoundTicket, grant.Keeper, grant.Safe, grant.LeaseEnd);
    }

    // Something changed: whoever waits for a ticket may have it now, in the order in which they asked.
    private void AskAgain(Run run)
    {
        for (int i = 0; i < _heldTickets.Count; i++)
        {
            HeldTicket held = _heldTickets[i];
            if (!held.Answer.Task.IsCompleted && Answer(run, held.Request) is { Verdict: not TicketVerdict.Held } answer)
            {
                held.Answer.SetResult(answer);
            }
        }
    }

    /// <summary>Holds the run and reads every shard at one ticket.</summary>
    /// <param name="versionMin">The version every shard must have.</param>
    /// <param name="isMeasured">Whether the loss there is going to be told to the ledger.</param>
    /// <exception cref="TimeoutException">A shard has no parameters at the moment, or does not get that far.</exception>
    private async Task<HeldModel> ReadAsync(Run run, long versionMin, bool isMeasured)
    {
        Task before = _cutting;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cutting = done.Task;
        await before; // one cut at a time
        try
        {
            if (!run.Coordinator.TryHold(out long ticket))
            {
                return new HeldModel(-1, 0, await run.Evaluator.ReadAsync(run.Shards, versionMin, settledMin: 0));
            }

            try
            {
                run.Ledger.TakeFacts();
                if (isMeasured)
                {
                    run.Ledger.Expect(ticket);
                }

                ModelSnapshot snapshot = await run.Evaluator.ReadAsync(run.Shards, versionMin, ticket);
                long confirmed = ticket;
                if (!snapshot.IsAt(ticket) || !run.Coordinator.TryConfirm(ref confirmed, snapshot.Incarnations))
                {
                    // A member was lost meanwhile: some ticket is in doubt, or a slot was computed again behind the cut.
                    run.Coordinator.Release();
                    return new HeldModel(-1, 0, snapshot);
                }

                run.Snapshot = snapshot;
                run.Coordinator.SnapshotKept(ticket);
                double held = run.Ledger.HeldNorm;
                HeldTicket? audited = run.Plan.Run.IsSynchronous ? null : _heldTickets.FirstOrDefault();
                double stale = audited is null ? double.NaN : await DistanceAsync(run, audited.Request, snapshot);
                run.Coordinator.Release();
                if (!double.IsNaN(stale) && !audited!.Answer.Task.IsCompleted)
                {
                    TicketAnswer answer = Answer(run, audited.Request);
                    audited.Answer.SetResult(answer);
                    if (answer.Verdict == TicketVerdict.Given && answer.Ticket == ticket)
                    {
                        run.Ledger.Audit(ticket, stale);
                    }
                }

                return new HeldModel(ticket, held, snapshot);
            }
            catch
            {
                run.Coordinator.Release();
                throw;
            }
            finally
            {
                AskAgain(run);
                Pump();
            }
        }
        finally
        {
            done.SetResult();
        }
    }

    // ‖x − v‖² of a worker that waits for its ticket: nothing moves its view meanwhile. NaN when it cannot be read.
    private async Task<double> DistanceAsync(Run run, TicketRequest asked, ModelSnapshot snapshot)
    {
        double squared = 0;
        try
        {
            for (int shard = 0; shard < run.Shards.Length; shard++)
            {
                SliceAnswer view = await run.Workers[asked.Worker].CopySlice(shard, incarnationNew: 0);
                if (view.Incarnation != snapshot.Incarnation(shard))
                {
                    return double.NaN;
                }

                squared += GradientNorms.DistanceSquared(
                    snapshot.Slice(shard), MemoryMarshal.Cast<byte, float>(view.Slice.Span));
            }
        }
        catch (Exception error) when (IsPassing(error))
        {
            LogCommandFailed(Job, "Audit", asked.Worker, asked.Incarnation, error.Message); // the next cut audits another ticket
            return double.NaN;
        }

        return squared;
    }

    private async Task CutAsync(Run run)
    {
        CheckpointWhenWished(run);
        try
        {
            // A cut for the sake of a snapshot alone would leave stretches too short to tell their noise.
            bool isMeasured = _isLossDue;
            _isLossDue = false;
            HeldModel model = await ReadAsync(run, versionMin: 0, isMeasured);
            if (isMeasured)
            {
                await MeasureAsync(run, model);
            }
        }
        catch (Exception error) when (IsPassing(error))
        {
            await PauseAsync(new RunCommand(RunCommandKind.Cut), error); // the stretch goes on to the next cut
        }
    }

    // begun: when it may begin; whoever measures at another ticket makes that now.
    private async Task MeasureAsync(Run run, HeldModel model, Task? begun = null)
    {
        if (model.Ticket < 0)
        {
            return;
        }

        if (begun is null)
        {
            _startWanted.TrySetResult();
        }

        if (model.Ticket == _cutMeasured)
        {
            await _measuring; // somebody else measures there
            return;
        }

        (_cutAt, _cutTickets, _cutMeasured) = (time.GetTimestamp(), model.Ticket, model.Ticket);
        Task before = _measuring;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _measuring = done.Task;
        try
        {
            await before; // the ledger hears of cuts in their order
            await (begun ?? Task.CompletedTask);
            await TellLossAsync(run, model);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task TellLossAsync(Run run, HeldModel model)
    {
        if (model.Held > 0 && double.IsNaN(run.Ledger.Smoothness))
        {
            await MeasureSmoothnessAsync(run);
            if (double.IsNaN(run.Ledger.Smoothness))
            {
                return; // nobody knows yet how much the loss depends on what is held back: the stretch goes on to the next cut
            }
        }

        CutNorms norms = run.Ledger.NormsOf(model.Snapshot);
        long begun = time.GetTimestamp();
        MeasuredLoss measured = await run.Loss.MeasureAsync(model.Snapshot.Parameters);
        _lossSeconds = time.GetElapsedTime(begun).TotalSeconds;
        run.Ledger.Cut(model.Ticket, model.Held, measured, norms);
    }

    // x₀ is a cut that needs no hold: nothing was applied yet. Nor does the checkpoint that a run goes on from.
    private async Task MeasureStartAsync(Run run, Resumption? from)
    {
        try
        {
            await MeasureStartLossAsync(run, from);
        }
        catch (ModelException error)
        {
            Fail(error.Message, error.Hint);
        }
    }

    private async Task MeasureStartLossAsync(Run run, Resumption? from)
    {
        ModelSnapshot? resumed = from?.Snapshot(run.Map);
        if (!run.Ledger.IsBegun && run.Ledger.Expect(0))
        {
            var initial = new ModelSnapshot(run.Map);
            run.Initial.CopyTo(initial.Parameters, 0);
            await MeasureAsync(run, new HeldModel(0, 0, initial), StartLossDueAsync(run));
        }

        if (resumed is not null && _isStartExpected)
        {
            await MeasureAsync(run, new HeldModel(from!.Run.Ticket, _heldAtStart, resumed));
        }
    }

    // Somewhat later: the first leases have the threads for themselves, and those of a run of milliseconds have them to its end.
    private async Task StartLossDueAsync(Run run)
    {
        if (run.Smoothness.DueIn > TimeSpan.Zero)
        {
            using var due = new CancellationTokenSource();
            await Task.WhenAny(Task.Delay(StartLossDelay, time, due.Token), _startWanted.Task);
            await due.CancelAsync();
        }
    }

    private async Task MeasureSmoothnessLaterAsync(Run run)
    {
        if (run.Smoothness.DueIn is { Ticks: > 0 } delay)
        {
            await Task.Delay(delay, time);
        }

        if (_phase == JobPhase.Running)
        {
            await MeasureSmoothnessAsync(run);
        }
    }

    private static async Task MeasureSmoothnessAsync(Run run)
    {
        if (await run.Smoothness.ComputeAsync() is { } smoothness)
        {
            run.Ledger.Smoothness = smoothness;
        }
    }

    private void CutWhenDue(Run run)
    {
        double planned = run.Plan.Run.Consistency.CutSeconds;
        double every = Math.Max(planned, _lossSeconds / LossShareMax);
        if (planned > 0 && run.Coordinator.Totals.Tickets > _cutTickets && time.GetElapsedTime(_cutAt).TotalSeconds >= every)
        {
            _cutAt = time.GetTimestamp();
            _isLossDue = true;
            run.Coordinator.RequestCut();
        }
    }
}
