using System.Numerics.Tensors;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Adds up what one view lacks: norms by shard, sketches by shard, tickets.</summary>
/// <remarks>Tickets are offered in ascending order, so each shard's list of exceptions is walked once.</remarks>
internal sealed class MissingSum
{
    private readonly double[] _norms;
    private readonly int[] _exceptionsPassed;
    private readonly int _shardCount;
    private TicketRecord _view = new();
    private float[] _sketches = [];
    private float[] _scratch = [];
    private bool _sketched;
    private double _unsketched;

    public MissingSum(int shardCount)
    {
        _shardCount = shardCount;
        _norms = new double[shardCount];
        _exceptionsPassed = new int[shardCount];
    }

    public int Delay { get; private set; }

    public int ExtraCount { get; private set; }

    public double Mass { get; private set; }

    /// <summary>Σ over shards of (Σ norms)²: missing and extra updates, stand-ins, and what a compressed answer left out.</summary>
    public double BoundSquared
    {
        get
        {
            double sum = 0;
            foreach (double norm in _norms)
            {
                sum += norm * norm;
            }

            return sum;
        }
    }

    public void Begin(TicketRecord view)
    {
        _view = view;
        _unsketched = 0;
        for (int shard = 0; shard < _norms.Length; shard++)
        {
            ref readonly SliceRecord slice = ref view.Slices[shard];
            double other = slice.SubstituteNormSquared + slice.ViewErrorSquared;
            _norms[shard] = other == 0 ? 0 : Math.Sqrt(slice.SubstituteNormSquared) + Math.Sqrt(slice.ViewErrorSquared);
            _unsketched += _norms[shard] * _norms[shard];
        }

        _exceptionsPassed.AsSpan().Clear();
        Delay = ExtraCount = 0;
        Mass = 0;
        _sketched = view.SketchWidth > 0;
        int length = _sketched ? _shardCount * view.SketchWidth : 0;
        if (_sketches.Length != length)
        {
            _sketches = new float[length];
        }

        _sketches.AsSpan().Clear();
    }

    /// <summary>Adds those slices of ticket <paramref name="ticket"/> that were applied but are not in the view.</summary>
    public void Add(long ticket, TicketRecord update)
    {
        bool missing = false;
        for (int shard = 0; shard < _shardCount; shard++)
        {
            ref readonly SliceRecord slice = ref update.Slices[shard];
            if (IsInView(shard, ticket) || slice.State != SliceState.Applied)
            {
                continue;
            }

            missing = true;
            double norm = Math.Sqrt(slice.NormSquared);
            _norms[shard] += norm;
            Mass += norm;
            AddSketch(shard, update, slice.NormSquared);
        }

        Delay += missing ? 1 : 0;
    }

    public void AddExtras(TicketRecord record, LostSlices lost)
    {
        if (lost.Count > 0)
        {
            double before = TensorPrimitives.Sum<double>(_norms);
            _sketched &= lost.AddExtras(record, _norms, _sketches, out int extra);
            ExtraCount = extra;
            Mass += Math.Max(0, TensorPrimitives.Sum<double>(_norms) - before);
        }
    }

    /// <summary>Σ over shards of ‖Σ sketches‖²; NaN when an update was not sketched. Stand-ins and left-out changes enter with their norms.</summary>
    public double EstimateSquared() => _sketched ? WithUnsketched(SquareSum.Of(_sketches)) : double.NaN;

    /// <summary>The same with the residuals' sketches added.</summary>
    public double EstimateSquaredWith(ReadOnlySpan<float> residuals)
    {
        if (!_sketched || residuals.Length != _sketches.Length)
        {
            return double.NaN;
        }

        if (_scratch.Length != _sketches.Length)
        {
            _scratch = new float[_sketches.Length];
        }

        TensorPrimitives.Add(_sketches, residuals, _scratch);
        return WithUnsketched(SquareSum.Of(_scratch));
    }

    private double WithUnsketched(double squared)
    {
        if (_unsketched == 0)
        {
            return squared;
        }

        double norm = Math.Sqrt(squared) + Math.Sqrt(_unsketched);
        return norm * norm;
    }

    private bool IsInView(int shard, long ticket)
    {
        ref readonly SliceRecord slice = ref _view.Slices[shard];
        if (ticket < slice.ViewWatermark)
        {
            return true;
        }

        ReadOnlySpan<long> exceptions = _view.Exceptions(shard);
        ref int passed = ref _exceptionsPassed[shard];
        while (passed < exceptions.Length && exceptions[passed] < ticket)
        {
            passed++;
        }

        return passed < exceptions.Length && exceptions[passed] == ticket;
    }

    private void AddSketch(int shard, TicketRecord update, double normSquared)
    {
        if (!_sketched || normSquared == 0)
        {
            return;
        }

        if (update.SketchWidth != _view.SketchWidth || update.SketchSeed != _view.SketchSeed)
        {
            _sketched = false;
            return;
        }

        Span<float> sum = _sketches.AsSpan(shard * update.SketchWidth, update.SketchWidth);
        TensorPrimitives.Add(sum, update.Sketch(shard), sum);
    }
}
