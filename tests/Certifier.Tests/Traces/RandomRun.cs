namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>An asynchronous run of a few workers and shards in which everything can happen, told by a trace.</summary>
/// <remarks>Workers pull shard by shard, take a ticket, push slice by slice; shards checkpoint, die and come back; workers die. All from one seed.</remarks>
internal sealed class RandomRun
{
    private const int Length = 3;

    private readonly Random _random;
    private readonly RunShape _shape;
    private readonly TraceModel _model = new();
    private readonly List<Shard> _shards = [];
    private readonly List<Worker> _workers = [];
    private readonly double _rate;
    private long _tickets;
    private bool _holds;
    private ModelCut? _measured;

    private RandomRun(int seed, RunShape shape)
    {
        _random = new Random(seed);
        _shape = shape;
        _model.Shards = 1 + _random.Next(3);
        _model.Workers = 2 + _random.Next(4);
        _model.Window = 16;
        _model.Confidence = 0.9;
        _model.IsBiased = shape.IsBiased;
        _model.Smoothness = _random.Next(2) == 0 ? 1 : null;
        _model.Plan = "{\"mode\":\"async\",\"localSteps\":1,\"codec\":{\"kind\":\"dense\"},\"rule\":{\"kind\":\"sgd\"}}";
        _rate = 0.01 + (0.09 * _random.NextDouble());
        for (int shard = 0; shard < _model.Shards; shard++)
        {
            double[] parameters = [.. Enumerable.Range(0, Length).Select(_ => Number())];
            double[] weights = [.. Enumerable.Range(0, Length).Select(_ => 0.5 + Number())];
            _shards.Add(new Shard(_model, shard, parameters, weights));
        }

        for (int worker = 0; worker < _model.Workers; worker++)
        {
            _workers.Add(new Worker(worker, _model.Shards));
        }
    }

    /// <summary>The update of each ticket, [shards][coordinates], in parameter units.</summary>
    public Dictionary<long, double[][]> Updates { get; } = [];

    public TraceModel Model => _model;

    /// <summary>Runs it; the model is complete but for its live figures.</summary>
    public static RandomRun Of(int seed, RunShape? shape = null)
    {
        var run = new RandomRun(seed, shape ?? new RunShape());
        run.Go();
        return run;
    }

    private void Go()
    {
        Cut();
        while (_tickets < _shape.Tickets || _workers.Exists(worker => worker.Row is not null))
        {
            Act(_workers[_random.Next(_workers.Count)]);
            Act(_shards[_random.Next(_shards.Count)]);
            _holds |= _random.Next(120) == 0;
            if (_random.Next(30) == 0)
            {
                TellLoss();
            }

            if (_holds && _workers.TrueForAll(worker => worker.Row is null))
            {
                Cut();
                _holds = false;
            }
        }

        Cut();
        foreach (Worker worker in _workers)
        {
            Send(worker);
        }

        TellLoss();
        _model.Tickets = _tickets;
    }

    private void Act(Worker worker)
    {
        if (worker.Row is not null)
        {
            if (_shape.HasLosses && worker.Pending.Count == _shards.Count && _random.Next(40) == 0)
            {
                Die(worker);
            }
            else
            {
                Push(worker);
            }
        }
        else if (worker.Views.Count < _shards.Count)
        {
            Shard shard = _shards[worker.Views.Count];
            worker.Views.Add((shard.Incarnation, shard.Version, [.. shard.Settled]));
        }
        else if (!_holds && _tickets < _shape.Tickets)
        {
            TakeTicket(worker);
        }
    }

    private void TakeTicket(Worker worker)
    {
        Send(worker);
        long ticket = _tickets++;
        var row = new ModelRow
        {
            Ticket = ticket,
            RoundTicket = ticket,
            Worker = worker.Index,
            Incarnation = worker.Incarnation,
            Rate = _random.Next(20) == 0 ? 0 : _rate,
            Flags = 128 | OneIn(9, 256) | OneIn(9, 512) | OneIn(3, 1) | OneIn(6, 2) | (_shape.IsBiased ? 4 : 0),
            GradientSquared = 0.5 + (0.1 * _random.NextDouble()),
            HalfDifferenceSquared = 4 * _random.NextDouble(),
            SecantGradient = 0.4 * _random.NextDouble(),
            SecantDistance = 1,
            DroppedSquared = _shape.IsBiased ? 1e-5 * _random.NextDouble() : 0,
        };
        row.DroppedSquared = row.Rate == 0 ? 0 : row.DroppedSquared;
        if (_shape.HasHeldMass)
        {
            row.Flags |= 8 | (_random.Next(2) == 0 ? 16 : 0);
            row.HeldSquared = 1e-4 * _random.NextDouble();
        }

        double[][] update = [.. _shards.Select(_ => Enumerable.Range(0, Length).Select(_ => row.Rate * Number()).ToArray())];
        Updates[ticket] = update;
        row.Slices =
        [
            .. worker.Views.Select((view, shard) => new ModelSlice
            {
                State = 0,
                ViewIncarnation = view.Incarnation,
                ViewVersion = view.Version,
                View = view.Settled,
                NormSquared = update[shard].Sum(one => one * one),
                Projection = _shards[shard].Projection(update[shard]),
                SubstituteSquared = (row.Flags & 256) != 0 ? 1e-4 * _random.NextDouble() : 0,
                ViewErrorSquared = (row.Flags & 512) != 0 ? 1e-4 * _random.NextDouble() : 0,
            }),
        ];
        Tell(row);
        worker.Row = row;
        worker.IsSent = false;
        worker.Pending.AddRange(Enumerable.Range(0, _shards.Count));
        worker.Views.Clear();
    }

    private void Tell(ModelRow row)
    {
        if (row.Ticket != _shape.FaultTicket)
        {
            return;
        }

        if (_shape.Fault == RunFault.EarlyTicket)
        {
            row.Slices[0].View = [.. Enumerable.Range(0, (int)row.Ticket + 1).Select(ticket => (long)ticket)];
        }

        if (_shape.Fault == RunFault.UnderReportedDelay)
        {
            long missing = Enumerable.Range(0, (int)row.Ticket).Select(ticket => (long)ticket).First(ticket => !row.Slices[0].View.Contains(ticket));
            row.Slices[0].View.Add(missing);
        }
    }

    private void Push(Worker worker)
    {
        ModelRow row = worker.Row!;
        int at = _random.Next(worker.Pending.Count);
        int index = worker.Pending[at];
        worker.Pending.RemoveAt(at);
        bool isVoid = _shape.HasLosses && _random.Next(40) == 0;
        row.Slices[index].State = isVoid ? 2 : 1;
        bool isHit = index == 0 && row.Ticket == _shape.FaultTicket;
        double[] update = Updates[row.Ticket][index];
        if (isVoid)
        {
            _shards[index].Void(row.Ticket);
        }
        else if (!isHit || _shape.Fault != RunFault.LostUpdate)
        {
            _shards[index].Apply(row.Ticket, isHit && _shape.Fault == RunFault.WrongRate ? [.. update.Select(one => 2 * one)] : update);
            if (isHit && _shape.Fault == RunFault.DoubleApply)
            {
                _shards[index].Apply(row.Ticket, update);
            }
        }

        if (worker.Pending.Count > 0 && !worker.IsSent && _random.Next(30) == 0)
        {
            worker.IsSent = true;
            _model.Ledger.Add(Copy(row));
        }

        if (worker.Pending.Count == 0)
        {
            if (worker.IsSent)
            {
                _model.Ledger.Add(new ModelSettle(row.Ticket, [.. row.Slices.Select(slice => slice.State == 1)]));
            }
            else
            {
                worker.Unsent = row;
            }

            worker.Row = null;
        }
    }

    private void Die(Worker worker)
    {
        ModelRow row = worker.Row!;
        foreach (Shard shard in _shards)
        {
            shard.Void(row.Ticket);
        }

        Send(worker);
        _model.Ledger.Add(new ModelVoid(row.Ticket));
        _model.Ledger.Add(new ModelRetire(worker.Index, _tickets));
        worker.Row = null;
        worker.Pending.Clear();
        worker.Incarnation++;
    }

    private void Send(Worker worker)
    {
        if (worker.Unsent is { } row)
        {
            _model.Ledger.Add(row);
            worker.Unsent = null;
        }
    }

    private void Act(Shard shard)
    {
        int draw = _random.Next(200);
        if (draw < 10)
        {
            shard.Checkpoint();
        }
        else if (draw == 11 && _shape.HasLosses && !(_shape.LosesOnlyWhatWasTold && IsUntold(shard)))
        {
            if (_shape.LosesOnlyWhatWasTold)
            {
                _workers.ForEach(Send);
            }

            _model.Ledger.Add(shard.Restore(_model, _random));
        }
    }

    private bool IsUntold(Shard shard)
    {
        int index = _shards.IndexOf(shard);
        return _measured is not null || _workers.Exists(worker => worker.Row?.Slices[index].State == 1);
    }

    // A loss takes time to measure, and then the run has gone on.
    private void Cut()
    {
        TellLoss();
        _measured = new ModelCut(
            _tickets, 10 - (0.05 * _tickets), 0.001, 0.3, [.. _shards.Select(shard => shard.Projection(shard.Parameters))]);
    }

    private void TellLoss()
    {
        if (_measured is not null && !_model.Ledger.OfType<ModelCut>().Any(cut => cut.Ticket == _measured.Ticket))
        {
            _model.Ledger.Add(_measured);
        }

        _measured = null;
    }

    // What was sent early stays as it was then: what comes later is told by a settlement.
    private static ModelRow Copy(ModelRow row) => new()
    {
        Ticket = row.Ticket,
        RoundTicket = row.RoundTicket,
        Flags = row.Flags,
        Worker = row.Worker,
        Incarnation = row.Incarnation,
        Rate = row.Rate,
        GradientSquared = row.GradientSquared,
        HalfDifferenceSquared = row.HalfDifferenceSquared,
        SecantGradient = row.SecantGradient,
        SecantDistance = row.SecantDistance,
        DroppedSquared = row.DroppedSquared,
        HeldSquared = row.HeldSquared,
        Slices =
        [
            .. row.Slices.Select(slice => new ModelSlice
            {
                State = slice.State,
                ViewIncarnation = slice.ViewIncarnation,
                ViewVersion = slice.ViewVersion,
                View = slice.View,
                NormSquared = slice.NormSquared,
                Projection = slice.Projection,
                SubstituteSquared = slice.SubstituteSquared,
                ViewErrorSquared = slice.ViewErrorSquared,
            }),
        ],
    };

    private int OneIn(int count, int flag) => _random.Next(count) == 0 ? flag : 0;

    private double Number() => (2 * _random.NextDouble()) - 1;

    private sealed class Worker(int index, int shards)
    {
        public int Index { get; } = index;

        public int Incarnation { get; set; }

        public List<(int Incarnation, long Version, SortedSet<long> Settled)> Views { get; } = new(shards);

        public ModelRow? Row { get; set; }

        public bool IsSent { get; set; }

        public ModelRow? Unsent { get; set; }

        public List<int> Pending { get; } = [];
    }

    private sealed class Shard
    {
        private readonly int _index;
        private readonly double[] _weights;
        private SortedSet<long> _applied = [];
        private ModelLife _life;
        private (long Version, SortedSet<long> Applied, double[] Parameters, int Entries) _checkpoint;

        public Shard(TraceModel model, int index, double[] parameters, double[] weights)
        {
            _index = index;
            _weights = weights;
            Parameters = parameters;
            _life = new ModelLife { Shard = index };
            model.Lives.Add(_life);
            Checkpoint();
        }

        public int Incarnation => _life.Incarnation;

        public long Version { get; private set; }

        public SortedSet<long> Settled { get; } = [];

        public double[] Parameters { get; private set; }

        public double Projection(double[] values) => values.Select((one, at) => one * _weights[at]).Sum();

        public void Apply(long ticket, double[] update)
        {
            Settled.Add(ticket);
            _applied.Add(ticket);
            Parameters = [.. Parameters.Select((one, at) => one - update[at])];
            _life.Entries.Add((ticket, 0));
            Version++;
        }

        public void Void(long ticket)
        {
            Settled.Add(ticket);
            _life.Entries.Add((ticket, 2));
        }

        public void Checkpoint() => _checkpoint = (Version, [.. _applied], [.. Parameters], _life.Entries.Count);

        /// <summary>Dies and comes back from its checkpoint; what came after it is lost, and void from now on.</summary>
        public ModelRestore Restore(TraceModel model, Random random)
        {
            long[] lost = [.. _applied.Except(_checkpoint.Applied)];
            _life.IsWhole = false;
            int kept = random.Next(_checkpoint.Entries, _life.Entries.Count + 1);
            _life.Entries.RemoveRange(kept, _life.Entries.Count - kept);
            _applied = [.. _checkpoint.Applied];
            Parameters = [.. _checkpoint.Parameters];
            Version = _checkpoint.Version;
            _life = new ModelLife { Shard = _index, Incarnation = _life.Incarnation + 1, Version = Version };
            model.Lives.Add(_life);
            Checkpoint();
            return new ModelRestore(_index, _life.Incarnation, Version, [.. Settled], lost);
        }
    }
}
