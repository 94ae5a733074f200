using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Workers;

/// <summary>What one worker does next: lease, pull, gradient, ticket, push, and again.</summary>
/// <remarks>
/// <para>Events in, commands out; no clock, no thread, no network, so the grid and the simulator run the same machine.
/// The host takes commands with <see cref="TryNext"/> until there is none, carries them out in any order, and reports
/// each result as an event.</para>
/// <para>Order that the certificate rests on: a ticket is taken after the last view has arrived and before the first
/// push leaves. A push is repeated, with the same ticket and sequence, until the shard has answered it; the shard
/// applies it once.</para>
/// <para>In synchronous runs a shard keeps a push until its round is complete, and loses it when it dies. So the worker
/// retains its updates until its view of every shard contains them, and offers them to each new life of a shard it
/// meets; before it idles or stops it looks whether there is one.</para>
/// <para>Where rounds overlap (<see cref="TicketFirst"/>) shards apply at once and nothing is retained. The ticket is taken before the
/// gradient, and asked for once more after it: that question is held until every slot of the round has its ticket, so
/// that no view of a round contains an update of it.</para>
/// <para>A ticket that is refused as stale sends the worker back to its lease, which it is granted anew, under another
/// name: it pulls, computes the same batch and asks with the same sequence.</para>
/// </remarks>
public sealed partial class WorkerMachine
{
    /// <summary>First wait after a failed call; doubled up to <see cref="HoldMax"/> while calls keep failing.</summary>
    public static readonly TimeSpan HoldMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest wait between two tries of a failed call.</summary>
    public static readonly TimeSpan HoldMax = TimeSpan.FromMilliseconds(500);

    private readonly int _shardCount;
    private int _batch;
    private readonly Queue<WorkerCommand> _commands = new();
    private readonly Queue<WorkerCommand> _retries = new();
    private readonly long[] _versions;
    private readonly int[] _incarnations;
    private int _open;
    private bool _isHolding;
    private bool _isLast;
    private bool _isAgain;
    private bool _isTicketed;
    private bool _isBehind;
    private State _state = State.Leasing;

    private enum State
    {
        Leasing,
        Looking,
        Pulling,
        Computing,
        Ticketing,
        Pushing,
        Stopped,
    }

    /// <param name="shardCount">Shards of the job.</param>
    /// <param name="batch">Samples of a mini-batch.</param>
    /// <param name="shardOffset">The shard this worker turns to first, so that workers do not queue at the same one.</param>
    /// <param name="ticketFirst">See <see cref="TicketFirst"/>.</param>
    public WorkerMachine(int shardCount, int batch, int shardOffset = 0, bool ticketFirst = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        _shardCount = shardCount;
        _batch = batch;
        ShardOffset = shardOffset % shardCount;
        TicketFirst = ticketFirst;
        _versions = new long[shardCount];
        _incarnations = new int[shardCount];
        Array.Fill(_versions, -1);
        _commands.Enqueue(new(WorkerCommandKind.Lease));
    }

    /// <summary>The shard this worker turns to first.</summary>
    public int ShardOffset { get; }

    /// <summary>Samples of one update, 1 or more; what is set counts from the next lease on.</summary>
    public int BatchSize
    {
        get => _batch;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _batch = value;
        }
    }

    /// <summary>
    /// True where rounds overlap: the ticket is taken right after the views have arrived. Push frames then say round −1, because shards apply at
    /// once. After the first Ticket command there is nothing to encode; after the second, which is answered by the same ticket, there is.
    /// </summary>
    public bool TicketFirst { get; }

    /// <summary>True when the Ticket command in use asks for a ticket before the gradient: nothing is to be encoded yet.</summary>
    public bool IsTicketOnly => TicketFirst && !_isTicketed && !IsFlushing;

    /// <summary>True while the lease in use has no samples: the update is what the codec has kept back.</summary>
    public bool IsFlushing => Lease.IsFlush;

    /// <summary>The lease in use; its Id is −1 before the first.</summary>
    public Lease Lease { get; private set; } = new(-1, 0, 0, 0, -1, 0, 1);

    /// <summary>The batch in use.</summary>
    public BatchRange Batch { get; private set; }

    /// <summary>Number of the update in use, from 0, one a ticket.</summary>
    public long Sequence { get; private set; } = -1;

    /// <summary>The ticket of the update in use; −1 before the first.</summary>
    public long Ticket { get; private set; } = -1;

    /// <summary>The ticket before which x is taken for the update in use: the first of its round, or its own; −1 before the first.</summary>
    public long RoundTicket { get; private set; } = -1;

    /// <summary>Largest delay that any shard measured for the update in use.</summary>
    public long Delay { get; private set; }

    /// <summary>Updates that every shard has answered.</summary>
    public long UpdatesDone { get; private set; }

    /// <summary>Samples those updates came from.</summary>
    public long SamplesDone { get; private set; }

    /// <summary>How long a Hold lasts.</summary>
    public TimeSpan HoldFor { get; private set; } = HoldMin;

    /// <summary>Why the machine stopped; None while it runs.</summary>
    public WorkerStopReason StopReason { get; private set; }

    /// <summary>Takes the next command; false when there is none until an event arrives.</summary>
    public bool TryNext(out WorkerCommand command) => _commands.TryDequeue(out command);

    /// <summary>The grid answered a lease request.</summary>
    public void LeaseAnswered(LeaseVerdict verdict, in Lease lease)
    {
        if (!Expects(State.Leasing))
        {
            return;
        }

        _isLast = verdict == LeaseVerdict.Finished;
        switch (verdict)
        {
            case LeaseVerdict.Granted:
                Succeeded();
                Lease = lease;
                StartBatch(lease.Start, lease.IsFresh);
                break;
            case LeaseVerdict.Wait:
                // What is committed is committed: only the question is repeated.
                Lease = Lease with { Id = -1 };
                if (_retained.Count > 0)
                {
                    Look();
                }
                else
                {
                    Retry(new(WorkerCommandKind.Lease));
                }

                break;
            case LeaseVerdict.Finished when _retained.Count > 0:
                Look();
                break;
            default:
                Stop(verdict switch
                {
                    LeaseVerdict.Finished => WorkerStopReason.Finished,
                    LeaseVerdict.Leave => WorkerStopReason.Left,
                    _ => WorkerStopReason.Fenced,
                });
                break;
        }
    }

    /// <summary>A view of one shard arrived.</summary>
    /// <param name="shard">Whose view.</param>
    /// <param name="outcome">What the shard said: a view, or to come again.</param>
    /// <param name="version">The shard's version.</param>
    /// <param name="incarnation">The shard's life; 0 when it has none yet.</param>
    public void ViewArrived(int shard, PushOutcomeKind outcome, long version, int incarnation)
    {
        bool isLooking = _state == State.Looking;
        if (!Expects(isLooking ? State.Looking : State.Pulling))
        {
            return;
        }

        if (outcome == PushOutcomeKind.NotReady)
        {
            Retry(new(WorkerCommandKind.Pull, shard, isLooking ? 0 : VersionNeeded));
            return;
        }

        Meet(shard, incarnation, version);
        bool isBehind = !isLooking && version < VersionNeeded;
        _isBehind |= isBehind;
        _versions[shard] = isBehind ? _versions[shard] : version;
        if (--_open > 0)
        {
            return;
        }

        if (isLooking)
        {
            Looked();
        }
        else if (_isBehind)
        {
            AskForEarlier();
        }
        else
        {
            Succeeded();
            StartStep();
        }
    }

    /// <summary>The gradient of <see cref="Batch"/> is ready.</summary>
    /// <param name="isFinite">False when the loss is not a finite number: the run diverged.</param>
    public void GradientComputed(bool isFinite)
    {
        if (!Expects(State.Computing))
        {
            return;
        }

        if (!isFinite)
        {
            Stop(WorkerStopReason.Diverged);
            return;
        }

        AskForTicket();
    }

    /// <summary>The grid answered a question for a ticket, and the update is encoded.</summary>
    /// <param name="verdict">What the grid said.</param>
    /// <param name="grant">The ticket, when given.</param>
    /// <param name="isFinite">False when the codec met a value that is not finite: the run diverged.</param>
    public void TicketAnswered(TicketVerdict verdict, in TicketGrant grant, bool isFinite)
    {
        if (!Expects(State.Ticketing))
        {
            return;
        }

        if (verdict == TicketVerdict.Fenced || !isFinite)
        {
            Stop(verdict == TicketVerdict.Fenced ? WorkerStopReason.Fenced : WorkerStopReason.Diverged);
            return;
        }

        Succeeded();
        switch (verdict)
        {
            case TicketVerdict.Held:
                // Being held is no failure, so the question is repeated after the shortest wait.
                Retry(new(WorkerCommandKind.Ticket));
                return;
            case TicketVerdict.Stale:
                _isAgain = true;
                Lease = Lease with { Id = -1 };
                _state = State.Leasing;
                _commands.Enqueue(new(WorkerCommandKind.Lease));
                return;
        }

        (Ticket, RoundTicket) = grant;
        if (grant.LeaseEnd > 0 && grant.LeaseEnd < Lease.End)
        {
            Lease = Lease with { End = Math.Max(Batch.End, grant.LeaseEnd) }; // others compute the rest
        }

        if (IsTicketOnly)
        {
            _isTicketed = true;
            _state = State.Computing;
            _commands.Enqueue(new(WorkerCommandKind.Gradient));
            return;
        }

        _isTicketed = false;
        _state = State.Pushing;
        _open = _shardCount;
        for (int i = 0; i < _shardCount; i++)
        {
            _commands.Enqueue(new(WorkerCommandKind.Push, (ShardOffset + i) % _shardCount, 0, Sequence));
        }
    }

    /// <summary>A shard answered a push; its answer carried the shard's newest version.</summary>
    public void PushAnswered(int shard, long sequence, in PushOutcome outcome, int incarnation)
    {
        if (_state == State.Stopped)
        {
            return; // a late answer
        }

        bool isCurrent = _state == State.Pushing && sequence == Sequence;
        if (outcome.Kind is PushOutcomeKind.Fenced or PushOutcomeKind.Diverged)
        {
            Stop(outcome.Kind == PushOutcomeKind.Fenced ? WorkerStopReason.Fenced : WorkerStopReason.Diverged);
            return;
        }

        // While an update is pushed, only its own answers count as meeting: another shard life must not seem to have it.
        if (outcome.Kind != PushOutcomeKind.NotReady && (isCurrent || _state != State.Pushing))
        {
            Meet(shard, incarnation, outcome.Version);
        }

        if (!outcome.IsSettled)
        {
            Retry(new(WorkerCommandKind.Push, shard, 0, sequence));
            return;
        }

        if (!isCurrent)
        {
            Offered(sequence);
            return;
        }

        _versions[shard] = outcome.Version;
        Delay = Math.Max(Delay, outcome.Delay);
        if (--_open > 0)
        {
            return;
        }

        Succeeded();
        UpdatesDone++;
        SamplesDone += Batch.Length;
        if (Batch.Lease.Round < 0 || TicketFirst)
        {
            _commands.Enqueue(new(WorkerCommandKind.Release, -1, 0, Sequence));
        }
        else
        {
            _retained.Add(new(Sequence, Batch.Lease.Round));
        }

        if (Batch.End < Lease.End)
        {
            StartBatch(Batch.End, isFresh: false);
        }
        else
        {
            _state = State.Leasing;
            _commands.Enqueue(new(WorkerCommandKind.Lease));
        }
    }

    /// <summary>A call could not be made, or its answer did not come: the same command is given again after a hold.</summary>
    public void CallFailed(in WorkerCommand command)
    {
        if (_state != State.Stopped)
        {
            Retry(command);
        }
    }

    /// <summary>A hold is over.</summary>
    public void Ticked()
    {
        _isHolding = false;
        while (_retries.TryDequeue(out WorkerCommand command))
        {
            _commands.Enqueue(command);
        }

        HoldFor = HoldFor * 2 < HoldMax ? HoldFor * 2 : HoldMax;
    }

    /// <summary>The version every shard's view must have for the batch in use.</summary>
    private long VersionNeeded => TicketFirst ? 0 : Math.Max(0, Lease.Round);

    private void StartBatch(int start, bool isFresh)
    {
        Batch = new BatchRange(Lease, start, Math.Min(Lease.End, start + _batch));
        _open = 0;
        _isBehind = false;
        _state = State.Pulling;
        for (int i = 0; i < _shardCount; i++)
        {
            int shard = (ShardOffset + i) % _shardCount;
            if (isFresh || _versions[shard] < VersionNeeded)
            {
                _open++;
                _commands.Enqueue(new(WorkerCommandKind.Pull, shard, VersionNeeded));
            }
        }

        if (_open == 0)
        {
            StartStep();
        }
    }

    private void StartStep()
    {
        ReleaseUnneeded();
        if (IsFlushing || IsTicketOnly)
        {
            AskForTicket();
            return;
        }

        _state = State.Computing;
        _commands.Enqueue(new(WorkerCommandKind.Gradient));
    }

    private void AskForTicket()
    {
        if (!_isAgain && !_isTicketed)
        {
            Sequence++;
        }

        _isAgain = false;
        Delay = 0;
        _state = State.Ticketing;
        _commands.Enqueue(new(WorkerCommandKind.Ticket));
    }

    private void Retry(in WorkerCommand command)
    {
        _retries.Enqueue(command);
        if (!_isHolding)
        {
            _isHolding = true;
            _commands.Enqueue(new(WorkerCommandKind.Hold));
        }
    }

    private void Succeeded() => HoldFor = HoldMin;

    private void Stop(WorkerStopReason reason)
    {
        _state = State.Stopped;
        StopReason = reason;
        _commands.Clear();
        _retries.Clear();
        _commands.Enqueue(new(WorkerCommandKind.Stop));
    }

    // False for a late answer to something this life asked for before it ended.
    private bool Expects(State state)
    {
        if (_state == State.Stopped)
        {
            return false;
        }

        if (_state != state)
        {
            throw new InvalidOperationException($"The worker is {_state}, but the host reports an event of {state}.");
        }

        return true;
    }
}
