using Microsoft.Extensions.Logging;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Telemetry.Metrics;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Workers;

/// <summary>Carries out what a <see cref="WorkerMachine"/> commands: grain calls, gradients, holds.</summary>
/// <remarks>
/// Runs on the silo's compute threads and calls the grains from there. Pushes to all shards are under way together; a
/// call that completes at once (a shard of the same silo) costs no thread switch.
/// </remarks>
internal sealed partial class WorkerLoop(
    WorkerIdentity identity, IJobGrain job, IShardGrain[] shards, WorkerMachine machine, WorkerView view,
    WorkerStep step, UpdateEncoder encoder, KeeperLink keeper, StepSpans spans, GridMetrics metrics, ComputePool pool, TimeProvider time, ILogger log)
{
    // Together about 20 µs.
    internal const int SpinsMax = 64;
    internal const int SpinLength = 8;

    private readonly List<(WorkerCommand Command, ValueTask<ShardAnswer> Answer)> _underWay = [];
    private readonly long[] _pulls = new long[shards.Length];
    private readonly StepLag _lag = new(pool, time);
    private readonly StepClock _clock = new(time);
    private WorkerReport _report;

    /// <summary>Runs until the run is over, this life is fenced, or the silo stops.</summary>
    /// <exception cref="OperationCanceledException">The silo stopped, or somebody ended the loop.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (machine.TryNext(out WorkerCommand command))
            {
                cancellation.ThrowIfCancellationRequested();
                if (command.Kind == WorkerCommandKind.Stop)
                {
                    return;
                }

                if (command.Kind is WorkerCommandKind.Pull or WorkerCommandKind.Push)
                {
                    Send(command);
                }
                else
                {
                    await CarryOutAsync(command, cancellation);
                }
            }

            await ReceiveAsync(cancellation);
        }
    }

    private async ValueTask CarryOutAsync(WorkerCommand command, CancellationToken cancellation)
    {
        switch (command.Kind)
        {
            case WorkerCommandKind.Lease:
                await LeaseAsync(command, cancellation);
                break;
            case WorkerCommandKind.Gradient:
                _clock.GradientBegins();
                Compute();
                await _lag.AfterAsync(_clock.GradientSeconds, cancellation);
                _clock.GradientEnds();
                break;
            case WorkerCommandKind.Ticket:
                await TicketAsync(command, cancellation);
                break;
            case WorkerCommandKind.Hold:
                await ReceiveAllAsync(cancellation);
                await Task.Delay(machine.HoldFor, time, cancellation);
                machine.Ticked();
                break;
            case WorkerCommandKind.Release:
                encoder.Release(command.Sequence);
                await YieldAsync();
                break;
            default:
                throw new InvalidOperationException($"The loop cannot carry out {command.Kind}.");
        }
    }

    private void Compute()
    {
        spans.Ended(StepPart.Pull);
        BatchLoss loss = step.Compute(view, machine);
        spans.Ended(StepPart.Gradient);
        metrics.GradientComputed(spans.Seconds(StepPart.Gradient));
        _report = _report with { LossSum = _report.LossSum + loss.LossSum };
        machine.GradientComputed(double.IsFinite(loss.LossSum));
    }

    private async ValueTask LeaseAsync(WorkerCommand command, CancellationToken cancellation)
    {
        try
        {
            spans.Asks(StepQuestion.Lease);
            LeaseAnswer answer = await job.Lease(new LeaseRequest(
                identity.Worker, identity.Incarnation, machine.Lease.Id, _report, encoder.Ledger)).AsTask().WaitAsync(cancellation);
            spans.Answered(StepQuestion.Lease);
            encoder.LedgerSent();
            step.Adjust(answer.Adjustment);
            machine.BatchSize = step.BatchSize;
            spans.Begin();
            machine.LeaseAnswered(answer.Verdict, answer.ToLease());
        }
        catch (Exception error) when (IsPassing(error))
        {
            encoder.LedgerTaint();
            LogCallFailed(identity.Name, "lease", error.Message);
            machine.CallFailed(command);
        }
    }

    private async ValueTask TicketAsync(WorkerCommand command, CancellationToken cancellation)
    {
        BatchRange batch = machine.Batch;
        bool isEncoding = !machine.IsTicketOnly;
        try
        {
            spans.Asks(StepQuestion.Ticket);
            ValueTask<TicketAnswer> asked = job.Ticket(new TicketRequest(
                identity.Worker, identity.Incarnation, machine.Sequence, batch.Lease.Id, batch.Start, batch.End,
                step.NormBound(machine, encoder), encoder.Ledger, _clock.Seconds, view.Watermark));

            // The call travels while the update is encoded, unless what is encoded depends on the answer.
            bool isFinite = !isEncoding || step.AsksFirst || TryEncode(batch, step.RateOf(batch));
            for (int i = 0; i < SpinsMax && !asked.IsCompleted; i++)
            {
                Thread.SpinWait(SpinLength);
            }

            TicketAnswer answer = asked.IsCompletedSuccessfully ? asked.Result : await asked.AsTask().WaitAsync(cancellation);
            spans.Answered(StepQuestion.Ticket);
            encoder.LedgerSent();
            _clock.SecondsSent();
            if (isEncoding && isFinite && answer.Verdict == TicketVerdict.Given)
            {
                isFinite = !step.AsksFirst || TryEncode(batch, step.RateAt(batch, answer.Ticket));
                if (isFinite)
                {
                    encoder.Seal(machine.Sequence, answer.Ticket, answer.RoundTicket);
                    answer = answer with { Verdict = await keeper.KeepAsync(machine.Sequence, answer.Keeper, answer.Safe, cancellation) };
                    spans.Ended(StepPart.Encode);
                    _clock.PushBegins();
                }
            }
            else if (answer.Verdict == TicketVerdict.Stale)
            {
                encoder.Discard(machine.Sequence);
            }

            machine.TicketAnswered(answer.Verdict, answer.ToGrant(), isFinite);
        }
        catch (Exception error) when (IsPassing(error))
        {
            encoder.LedgerTaint();
            LogCallFailed(identity.Name, "ticket", error.Message);
            machine.CallFailed(command);
        }
    }

    // A question that is repeated finds its update encoded.
    private bool TryEncode(in BatchRange batch, float rate)
    {
        if (encoder.SequenceEncoded >= machine.Sequence)
        {
            return true;
        }

        if (machine.IsFlushing)
        {
            encoder.Flush(machine.Sequence, batch, view);
            return true;
        }

        return step.TryEncode(machine, encoder, rate);
    }

    private void Send(WorkerCommand command)
    {
        int shard = command.Shard;
        ValueTask<ShardAnswer> answer;
        try
        {
            answer = command.Kind == WorkerCommandKind.Push
                ? shards[shard].Push(new PushRequest(
                    encoder.Frame(command.Sequence, shard), view.Version(shard), view.Incarnation(shard), encoder.Values(command.Sequence, shard)))
                : shards[shard].Pull(new PullRequest(
                    identity.Worker, identity.Incarnation, ++_pulls[shard],
                    view.Version(shard), view.Incarnation(shard), command.Version));
        }
        catch (Exception error) when (IsPassing(error))
        {
            Failed(command, error);
            return;
        }

        if (answer.IsCompletedSuccessfully)
        {
            Answered(command, answer.Result);
        }
        else
        {
            _underWay.Add((command, answer));
        }
    }

    private async ValueTask ReceiveAllAsync(CancellationToken cancellation)
    {
        while (_underWay.Count > 0)
        {
            await ReceiveAsync(cancellation);
        }
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellation)
    {
        if (_underWay.Count == 0)
        {
            return;
        }

        (WorkerCommand command, ValueTask<ShardAnswer> answer) = _underWay[0];
        _underWay.RemoveAt(0);
        SpinFor(answer);
        try
        {
            Answered(command, answer.IsCompletedSuccessfully
                ? answer.Result
                : await answer.AsTask().WaitAsync(cancellation));
        }
        catch (Exception error) when (IsPassing(error))
        {
            Failed(command, error);
        }
    }

    // A grain of this process that another worker kept busy answers within microseconds; going to sleep and being woken
    // takes tens of them.
    private static void SpinFor(in ValueTask<ShardAnswer> answer)
    {
        for (int i = 0; i < SpinsMax && !answer.IsCompleted; i++)
        {
            Thread.SpinWait(SpinLength);
        }
    }

    private void Failed(WorkerCommand command, Exception error)
    {
        LogCallFailed(identity.Name, command.Kind == WorkerCommandKind.Push ? "push" : "pull", error.Message);
        if (command.Kind == WorkerCommandKind.Push)
        {
            encoder.Taint(command.Sequence);
        }

        machine.CallFailed(command);
    }

    private void Answered(WorkerCommand command, ShardAnswer answer)
    {
        ViewHeader header = default;
        if (!answer.IsReady || !view.TryApply(answer.Frame.Span, out header))
        {
            // Either the shard waits for its parameters, or the answer comes from a life of it that is over.
            if (!answer.IsReady)
            {
                _ = job.ReportShard(command.Shard); // the next NotReady reports again
            }

            header = new ViewHeader { Outcome = (byte)PushOutcomeKind.NotReady };
        }

        _report = _report with { BytesPulled = _report.BytesPulled + answer.Frame.Length };
        metrics.Moved(0, answer.Frame.Length);
        var outcome = new PushOutcome((PushOutcomeKind)header.Outcome, header.Delay, header.Version);
        if (command.Kind == WorkerCommandKind.Push)
        {
            long done = machine.UpdatesDone;
            spans.ShardAnswered(command.Shard);
            machine.PushAnswered(command.Shard, command.Sequence, outcome, header.ShardIncarnation);
            if (machine.UpdatesDone > done)
            {
                Finish(command.Sequence);
            }
        }
        else
        {
            machine.ViewArrived(command.Shard, outcome.Kind, header.Version, header.ShardIncarnation);
        }
    }

    // Every shard has the update: the ledger is told of it with the next question.
    private void Finish(long sequence)
    {
        encoder.Answered(sequence);
        spans.Ended(StepPart.Push);
        _clock.PushEnds();
        metrics.Pushed(spans.Seconds(StepPart.Push));
        spans.End(encoder.Record(sequence), machine.Delay);
        spans.Begin();
        metrics.Applied(1, machine.SamplesDone - _report.Samples);
        metrics.Moved(encoder.BytesEncoded - _report.BytesPushed, 0);
        _report = _report with
        {
            Updates = machine.UpdatesDone,
            Samples = machine.SamplesDone,
            DelaySum = _report.DelaySum + machine.Delay,
            DelayMax = Math.Max(_report.DelayMax, machine.Delay),
            BytesPushed = encoder.BytesEncoded,
        };
    }

    // Other workers of the silo get their turn even when no call of this one ever waits.
    private async ValueTask YieldAsync()
    {
        if (pool.IsContended)
        {
            await Task.Yield();
        }
    }

    // A call may fail because a silo is gone or slow: it is made again. Anything else is a defect and ends the run.
    private static bool IsPassing(Exception error) => error is TimeoutException or OrleansException;
}
