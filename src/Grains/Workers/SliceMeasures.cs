using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Grains.Workers;

/// <summary>What the ledger is told of each update slice besides its norm: the projection, and a sketch where the plan asks for one.</summary>
internal sealed class SliceMeasures
{
    private readonly ShardMap _map;
    private readonly ulong _seed;
    private readonly ShardProjection[] _projections;
    private readonly CountSketch[] _families;
    private readonly double[] _sums;
    private readonly double[] _sumsHeld;
    private readonly double[] _lentSquares;
    private readonly double[] _lentProjections;
    private float[] _lent = [];
    private long _lentNumber;
    private float _lentRate;
    private float[] _decoded = [];

    public SliceMeasures(RunPlan plan, ShardMap map)
    {
        _map = map;
        _seed = plan.Seed;
        int width = plan.Consistency.Sketch;
        _projections = new ShardProjection[map.Count];
        _lentSquares = new double[map.Count];
        _lentProjections = new double[map.Count];
        _families = new CountSketch[width > 0 ? map.Count : 0];
        _sums = new double[width];
        _sumsHeld = new double[width];
        for (int shard = 0; shard < map.Count; shard++)
        {
            _projections[shard] = new ShardProjection(plan.Seed, shard, map[shard].Length);
            if (width > 0)
            {
                _families[shard] = new CountSketch(width, plan.Seed, shard);
            }
        }
    }

    /// <summary>Measures what one shard will decode.</summary>
    public void Measure(TicketRecord record, int shard, PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        record.Slices[shard].Projection = _projections[shard].Of(kind, payload, entryCount);
        if (record.SketchWidth == 0)
        {
            return;
        }

        record.SketchSeed = _seed;
        _sums.AsSpan().Clear();
        if (FramePayload.IsSparse(kind))
        {
            _families[shard].Add(FramePayload.Indices(payload, entryCount), Decoded(kind, payload, entryCount), _sums);
        }
        else if (kind != PayloadKind.None)
        {
            _families[shard].Add(Decoded(kind, payload, entryCount), _sums);
        }

        Narrow(_sums, record.Sketch(shard));
    }

    /// <summary>Measures rate · gradient, which frames will carry as the gradient; once, however often it is asked for.</summary>
    /// <param name="gradient">[d].</param>
    /// <param name="number">Which gradient it is, of those computed in that array.</param>
    /// <returns>‖rate · gradient‖²; not finite when a product is not.</returns>
    public double OfLent(float[] gradient, long number, float rate)
    {
        if (gradient != _lent || number != _lentNumber || rate != _lentRate)
        {
            (_lent, _lentNumber, _lentRate) = (gradient, number, rate);
            for (int shard = 0; shard < _map.Count; shard++)
            {
                ShardRange range = _map[shard];
                _lentProjections[shard] = _projections[shard].Of(gradient.AsSpan(range.Start, range.Length), rate, out _lentSquares[shard]);
            }
        }

        double sum = 0;
        foreach (double one in _lentSquares)
        {
            sum += one;
        }

        return sum;
    }

    /// <summary>Writes into a record what <see cref="OfLent"/> measured of a shard, which says no more of that gradient.</summary>
    /// <returns>The squared norm.</returns>
    public double NoteLent(TicketRecord record, int shard)
    {
        _lent = [];
        ref SliceRecord slice = ref record.Slices[shard];
        (slice.NormSquared, slice.Projection) = (_lentSquares[shard], _lentProjections[shard]);
        return slice.NormSquared;
    }

    /// <summary>Sketches what the worker holds back after the update: the residual, and a multiple of the rule's vector.</summary>
    /// <param name="residual">[d], or empty for none.</param>
    public void MeasureHeld(TicketRecord record, ReadOnlySpan<float> residual, IUpdateRule rule)
    {
        if (!record.HasResidualSketches)
        {
            return;
        }

        for (int shard = 0; shard < _map.Count; shard++)
        {
            ShardRange range = _map[shard];
            _sums.AsSpan().Clear();
            _sumsHeld.AsSpan().Clear();
            if (!rule.Held.IsEmpty)
            {
                _families[shard].Add(rule.Held.Slice(range.Start, range.Length), _sumsHeld);
            }

            if (!residual.IsEmpty)
            {
                _families[shard].Add(residual.Slice(range.Start, range.Length), _sums);
            }

            for (int i = 0; i < _sums.Length; i++)
            {
                _sums[i] += rule.HeldFactor * _sumsHeld[i];
            }

            Narrow(_sums, record.ResidualSketch(shard));
        }
    }

    private ReadOnlySpan<float> Decoded(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        if (kind is PayloadKind.Dense or PayloadKind.Sparse)
        {
            return FramePayload.Values(kind, payload, entryCount);
        }

        if (_decoded.Length < entryCount)
        {
            _decoded = new float[entryCount];
        }

        Span<float> decoded = _decoded.AsSpan(0, entryCount);
        FramePayload.Decode(kind, payload, entryCount, decoded);
        return decoded;
    }

    private static void Narrow(double[] sums, Span<float> sketch)
    {
        for (int i = 0; i < sketch.Length; i++)
        {
            sketch[i] = (float)sums[i];
        }
    }
}
