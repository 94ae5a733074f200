using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>A simulated asynchronous run: shards pulled and pushed one at a time, in an order that a seed draws.</summary>
/// <remarks>It keeps every view and every update, so that x_t, D_t and delays are known exactly, apart from the meter.</remarks>
internal sealed class AsyncRun
{
    private readonly AsyncPlan _plan;
    private readonly SeededRandom _random;
    private readonly SeededRandom _noise;
    private readonly SeededRandom _noiseOfHalves;
    private readonly ShardProjection[] _projections;
    private readonly ShardMap _map;
    private readonly double[] _parameters;
    private readonly TicketSet[] _applied;
    private readonly CountSketch[] _families;
    private readonly Worker[] _workers;
    private readonly List<Step> _steps = [];

    private AsyncRun(AsyncPlan plan)
    {
        _plan = plan;
        int d = plan.Problem.Dimension;
        _random = new SeededRandom(plan.Seed, 1);
        _noise = new SeededRandom(plan.Seed, 2);
        _noiseOfHalves = new SeededRandom(plan.Seed, 3);
        _map = new ShardMap(d, plan.Shards);
        _projections = [.. Enumerable.Range(0, plan.Shards).Select(s => new ShardProjection(plan.Seed, s, _map[s].Length))];
        _parameters = [.. Enumerable.Repeat(plan.Start, d)];
        _applied = [.. Enumerable.Range(0, plan.Shards).Select(_ => new TicketSet())];
        _families = [.. Enumerable.Range(0, plan.SketchWidth > 0 ? plan.Shards : 0).Select(s => new CountSketch(plan.SketchWidth, plan.Seed, s))];
        _workers = [.. Enumerable.Range(0, plan.Workers).Select(i => new Worker(i, d, plan.Shards))];
    }

    public static AsyncResult Of(AsyncPlan plan)
    {
        AsyncRun run = new(plan);
        while (run._steps.Count < plan.Tickets)
        {
            // Worker 0 is a straggler: it moves a third as often.
            int pick = run._random.NextInt((3 * plan.Workers) - 2);
            run.Advance(run._workers[(pick + 2) / 3]);
        }

        foreach (Worker worker in run._workers)
        {
            while (worker.Phase > plan.Shards)
            {
                run.Advance(worker);
            }
        }

        return run.Result();
    }

    private void Advance(Worker worker)
    {
        int shards = _plan.Shards;
        if (worker.Phase == 0 && _plan.Bug == PlantedBug.EarlyTicket)
        {
            worker.Ticket = _steps.Count;
            _steps.Add(new Step());
        }

        if (worker.Phase < shards)
        {
            Pull(worker, worker.Phase);
        }
        else if (worker.Phase == shards)
        {
            MakeUpdate(worker);
        }
        else
        {
            Push(worker, (worker.Phase + (int)worker.Ticket) % shards);
        }

        worker.Phase = (worker.Phase + 1) % ((2 * shards) + 1);
    }

    private void Pull(Worker worker, int shard)
    {
        ShardRange range = _map[shard];
        _parameters.AsSpan(range.Start, range.Length).CopyTo(worker.View.AsSpan(range.Start));
        long[] exceptions = new long[_applied[shard].ExceptionCount];
        _applied[shard].CopyExceptionsTo(exceptions);
        worker.Watermarks[shard] = _applied[shard].Watermark;
        worker.Exceptions[shard] = exceptions;
    }

    private void MakeUpdate(Worker worker)
    {
        if (_plan.Bug != PlantedBug.EarlyTicket)
        {
            worker.Ticket = _steps.Count;
            _steps.Add(new Step());
        }

        int d = _plan.Problem.Dimension;
        double rate = _plan.Rate(worker.Ticket);
        double[] gradient = new double[d];
        _plan.Problem.Gradient(worker.View, _noise, gradient);
        float[] update = new float[d];
        for (int i = 0; i < d; i++)
        {
            worker.Residual[i] += (float)(rate * gradient[i]);
        }

        double whole = NormSquared(worker.Residual);
        int[] order = [.. Enumerable.Range(0, d).OrderByDescending(i => Math.Abs(worker.Residual[i]))];
        foreach (int i in order.Take(_plan.TopK == 0 ? d : _plan.TopK))
        {
            update[i] = worker.Residual[i];
            worker.Residual[i] = 0;
        }

        double kept = NormSquared(worker.Residual);
        if (!_plan.Feedback)
        {
            worker.Residual.AsSpan().Clear();
        }

        Step step = _steps[(int)worker.Ticket];
        step.Worker = worker.Index;
        step.View = [.. worker.View];
        step.Update = update;
        step.Residual = [.. worker.Residual];
        step.Record = MakeRecord(worker, update, rate);
        step.Record.Gamma = _plan.TopK > 0 && whole > 0 ? kept / whole : double.NaN;
        step.Record.DroppedNormSquared = _plan.Feedback || _plan.Bug == PlantedBug.HiddenBias ? 0 : kept;
        step.Record.GradientNormSquared = gradient.Sum(value => value * value);
        step.Record.HalfBatchDifferenceSquared = 4 * _plan.Problem.Noise / d * Enumerable.Range(0, d).Sum(_ => Math.Pow(_noiseOfHalves.NextGaussian(), 2));
        step.Record.SampleCount = 64;
    }

    private TicketRecord MakeRecord(Worker worker, float[] update, double rate)
    {
        TicketRecord record = new();
        bool residuals = _plan.TopK > 0;
        record.Begin(_plan.Shards, _plan.SketchWidth, residuals);
        record.Ticket = record.RoundTicket = worker.Ticket;
        record.Worker = worker.Index;
        double told = _plan.Bug == PlantedBug.WrongRate ? 0.5 : 1;
        record.Rate = told * rate;
        record.SketchSeed = _plan.Seed;
        record.ResidualNormSquared = residuals && _plan.Bug != PlantedBug.DroppedResidual ? NormSquared(worker.Residual) : 0;
        double[] sketch = new double[_plan.SketchWidth];
        for (int shard = 0; shard < _plan.Shards; shard++)
        {
            ShardRange range = _map[shard];
            ReadOnlySpan<float> slice = update.AsSpan(range.Start, range.Length);
            long seen = _plan.Bug == PlantedBug.UnderReportedDelay ? Math.Max(worker.Watermarks[shard], worker.Ticket - 1) : worker.Watermarks[shard];
            record.SetView(shard, 0, seen, [.. worker.Exceptions[shard].Where(ticket => ticket > seen)]);
            record.Slices[shard].NormSquared = told * told * NormSquared(slice);
            record.Slices[shard].Projection = told * _projections[shard].Of(slice);
            record.Slices[shard].State = SliceState.Applied;
            if (_plan.SketchWidth > 0)
            {
                Sketch(shard, slice, sketch, record.Sketch(shard));
                if (residuals)
                {
                    Sketch(shard, worker.Residual.AsSpan(range.Start, range.Length), sketch, record.ResidualSketch(shard));
                }
            }
        }

        return record;
    }

    private void Sketch(int shard, ReadOnlySpan<float> values, double[] scratch, Span<float> sketch)
    {
        scratch.AsSpan().Clear();
        _families[shard].Add(values, scratch);
        for (int i = 0; i < sketch.Length; i++)
        {
            sketch[i] = (float)scratch[i];
        }
    }

    private void Push(Worker worker, int shard)
    {
        ShardRange range = _map[shard];
        float[] update = _steps[(int)worker.Ticket].Update;
        PlantedBug bug = worker.Ticket == _plan.BugTicket ? _plan.Bug : PlantedBug.None;
        int times = bug switch { PlantedBug.LostUpdate => 0, PlantedBug.DoubleApply => 2, _ => 1 };
        int end = bug == PlantedBug.TornSlice && shard == 1 ? range.Start + (range.Length / 2) : range.End;
        for (int i = range.Start; i < end; i++)
        {
            _parameters[i] -= times * update[i];
        }

        _applied[shard].Add(worker.Ticket);
    }

    private AsyncResult Result()
    {
        double[] x = [.. Enumerable.Repeat(_plan.Start, _plan.Problem.Dimension)];
        double[] virtualX = new double[x.Length];
        float[][] residuals = [.. _workers.Select(_ => new float[x.Length])];
        AsyncResult result = new() { Plan = _plan, Steps = _steps, Parameters = _parameters, Map = _map, Projections = _projections };
        foreach (Step step in _steps)
        {
            if (step.Update.Length == 0)
            {
                // An early ticket whose worker never came to its update.
                step.Record.Begin(_plan.Shards);
                break;
            }

            x.CopyTo(virtualX, 0);
            foreach (float[] residual in residuals)
            {
                for (int i = 0; i < x.Length; i++)
                {
                    virtualX[i] -= residual[i];
                }
            }

            result.Distances.Add(Quadratic.DistanceSquared(virtualX, step.View));
            result.StaleSquared.Add(Quadratic.DistanceSquared(x, step.View));
            result.GradientsSquared.Add(_plan.Problem.GradientSquared(virtualX));
            result.Losses.Add(_plan.Problem.Loss(virtualX));
            result.OptimumDistances.Add(Quadratic.DistanceSquared(virtualX, new double[x.Length]));
            for (int i = 0; i < x.Length; i++)
            {
                x[i] -= step.Update[i];
            }

            residuals[step.Worker] = step.Residual;
        }

        result.Final = x;
        return result;
    }

    public static double NormSquared(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private sealed class Worker(int index, int dimension, int shards)
    {
        public int Index { get; } = index;

        public int Phase { get; set; }

        public long Ticket { get; set; }

        public double[] View { get; } = new double[dimension];

        public float[] Residual { get; } = new float[dimension];

        public long[] Watermarks { get; } = new long[shards];

        public long[][] Exceptions { get; } = new long[shards][];
    }
}

/// <summary>Everything about one ticket of a simulated run.</summary>
internal sealed class Step
{
    public int Worker { get; set; }

    public double[] View { get; set; } = [];

    public float[] Update { get; set; } = [];

    public float[] Residual { get; set; } = [];

    public TicketRecord Record { get; set; } = new();
}
