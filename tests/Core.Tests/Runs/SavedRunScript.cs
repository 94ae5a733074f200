using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>A run whose workers act in a random order, whose coordinator is saved at random holds, and lost at random moments after.</summary>
/// <remarks>Every shard has an update as soon as its ticket is given, so what a run used is what its tickets were for.</remarks>
internal sealed class SavedRunScript
{
    private const int StepsMax = 200_000;

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly RunPlan _plan;
    private readonly int _samples;
    private readonly SeededRandom _random;
    private readonly (Lease? Lease, int Next, long Sequence, long Committed, bool IsOver)[] _workers;
    private RunCoordinator _run;
    private List<(long Ticket, int Epoch, int Start, int End)> _used = [];
    private List<LedgerFact> _facts = [];
    private SavedRun _saved = SavedRun.Nothing;
    private int _usedAtSave;
    private int _factsAtSave;
    private long _generation = 1;
    private bool _isFinished;

    public SavedRunScript(RunPlan plan, int samples, ulong seed)
    {
        (_plan, _samples, _random) = (plan, samples, new SeededRandom(seed, 0));
        _workers = new (Lease?, int, long, long, bool)[plan.Workers];
        _run = new RunCoordinator(plan, samples);
        Begin();
    }

    /// <summary>Samples of every ticket that counts, in the order of tickets.</summary>
    public IReadOnlyList<(long Ticket, int Epoch, int Start, int End)> Used => _used;

    /// <summary>What the ledger was told on the way that counts.</summary>
    public IReadOnlyList<LedgerFact> Facts => _facts;

    public RunTotals Totals => _run.Totals;

    public int Saves { get; private set; }

    public int Resumptions { get; private set; }

    /// <summary>Runs to the end, losing workers, saving and resuming on the way.</summary>
    /// <returns>False when it did not come to its end.</returns>
    public bool Run(int resumptionsMax)
    {
        for (int step = 0; step < StepsMax && !_isFinished; step++)
        {
            double draw = _random.NextDouble();
            if (draw < 0.02)
            {
                Save();
            }
            else if (draw < 0.025 && Resumptions < resumptionsMax)
            {
                Resume();
            }
            else if (draw < 0.03)
            {
                Lose((int)(_random.NextDouble() * _workers.Length));
            }
            else
            {
                Act((int)(_random.NextDouble() * _workers.Length));
            }

            CarryOut();
        }

        return _isFinished;
    }

    private void Begin()
    {
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            _workers[worker] = (null, 0, -1, -1, false);
        }

        _run.SilosChanged(["a", "b"]);
        CarryOut();
    }

    private void Save()
    {
        if (!_run.TryHold(out long ticket))
        {
            return;
        }

        TakeFacts();
        if (_run.TryConfirm(ref ticket, [.. _run.Shards.ToArray().Select(shard => shard.Incarnation)]))
        {
            SavedRun saved = _run.Save();
            _saved = JsonSerializer.Deserialize<SavedRun>(JsonSerializer.Serialize(saved, Json), Json)!;
            Assert.Equal(ticket, saved.Ticket);
            (_usedAtSave, _factsAtSave) = (_used.Count, _facts.Count);
            Saves++;
        }

        _run.Release();
    }

    private void Resume()
    {
        int[] lives = [.. _run.Shards.ToArray().Concat(_run.Workers.ToArray()).Select(member => member.Incarnation)];
        _run = RunCoordinator.Resume(_plan, _samples, _saved, ++_generation);
        _used = [.. _used.Take(_usedAtSave)];
        _facts = [.. _facts.Take(_factsAtSave)];
        TakeFacts();
        Assert.Equal(_saved.Ticket, _run.Totals.Tickets);
        (_usedAtSave, _factsAtSave) = (_used.Count, _facts.Count);
        _saved = _saved with { Facts = [], WorkersBegun = [] };
        Resumptions++;
        Begin();
        Assert.All(
            _run.Shards.ToArray().Concat(_run.Workers.ToArray()).Index(), one => Assert.True(one.Item.Incarnation > lives[one.Index], "a life came back"));
    }

    private void Lose(int worker)
    {
        if (!_workers[worker].IsOver)
        {
            _run.WorkerLost(worker, _run.Workers[worker].Incarnation);
            _workers[worker] = (null, 0, -1, -1, false);
        }
    }

    private void Act(int worker)
    {
        (Lease? lease, int next, long sequence, long committed, bool isOver) = _workers[worker];
        int life = _run.Workers[worker].Incarnation;
        if (isOver || _run.Workers[worker].State is not (MemberState.Live or MemberState.Finished))
        {
            return;
        }

        if (lease is not { } held)
        {
            LeaseVerdict verdict = _run.LeaseAsked(worker, life, committed, out Lease granted);
            _workers[worker] = verdict == LeaseVerdict.Granted ? (granted, granted.Start, sequence, -1, false)
                : (null, 0, sequence, -1, verdict == LeaseVerdict.Finished);
            return;
        }

        int end = Math.Min(held.End, next + (_plan.Batch * _plan.LocalSteps));
        TicketVerdict given = _run.TicketAsked(worker, life, sequence + 1, held.Id, next, end, 1, viewed: 0, out TicketGrant grant);
        if (given == TicketVerdict.Given)
        {
            _used.Add((grant.Ticket, held.Epoch, next, end));
            _workers[worker] = end == held.End ? (null, 0, sequence + 1, held.Id, false) : (held, end, sequence + 1, -1, false);
        }
        else if (given == TicketVerdict.Stale)
        {
            _workers[worker] = (null, 0, sequence, -1, false);
        }
    }

    private void CarryOut()
    {
        while (_run.TryNext(out RunCommand command))
        {
            switch (command.Kind)
            {
                case RunCommandKind.StartShard:
                    StartShard(command);
                    break;
                case RunCommandKind.Finish:
                    _isFinished = true; // nobody who is lost now comes back
                    break;
                case RunCommandKind.StartWorker:
                    _run.WorkerStarted(command.Member, command.Incarnation, command.Silo);
                    break;
                case RunCommandKind.FenceWorker:
                    FenceReport[] reports = [.. Enumerable.Repeat(new FenceReport(true, 1, 0.5, _plan.Batch), _plan.Shards)];
                    _run.WorkerFenced(command.Ticket, command.Ticket < 0 ? [] : reports);
                    break;
            }
        }

        TakeFacts();
    }

    private void StartShard(in RunCommand command)
    {
        if (command.Incarnation > 1)
        {
            var settled = new Core.Consistency.TicketSet();
            settled.Load(_run.Totals.Tickets, []);
            long version = _saved.Rounds;
            Assert.True(_run.TryRestoreShard(command.Member, command.Incarnation, settled, ref version, out int lost));
            Assert.Equal(0, lost);
        }

        _run.ShardStarted(command.Member, command.Incarnation, command.Silo);
    }

    private void TakeFacts()
    {
        while (_run.TryNextFact(out LedgerFact fact))
        {
            _facts.Add(fact);
        }
    }
}
