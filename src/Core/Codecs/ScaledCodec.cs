using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>A codec of which the number of coordinates sent can be raised while the run goes on; its residual goes along.</summary>
public sealed class ScaledCodec : IUpdateCodec
{
    private readonly CodecPlan _plan;
    private readonly ulong _seed;
    private IUpdateCodec _codec;
    private double _scale = 1;

    /// <param name="plan">A plan without mistakes; kinds other than top-k and random-k are left as they are.</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="seed">As in <see cref="UpdateCodecs.Create"/>.</param>
    public ScaledCodec(CodecPlan plan, int dimension, ulong seed)
    {
        _codec = UpdateCodecs.Create(plan, dimension, seed);
        _plan = plan;
        _seed = seed;
    }

    /// <summary>What the number of coordinates is multiplied by, 1 or more; all of them when that is less. Set it between two updates.</summary>
    public double Scale
    {
        get => _scale;
        set
        {
            if (!(value >= 1 && double.IsFinite(value)))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Use 1 or more.");
            }

            if (value != _scale && _plan.Kind is CodecPlan.TopK or CodecPlan.RandomK)
            {
                int count = (int)Math.Min(Dimension, Math.Ceiling(value * _plan.CountFor(Dimension)));
                IUpdateCodec next = UpdateCodecs.Create(_plan with { Fraction = null, Count = count }, Dimension, _seed);
                next.LoadResidual(_codec.Residual);
                next.NextUpdate = _codec.NextUpdate;
                _codec = next;
            }

            _scale = value;
        }
    }

    /// <inheritdoc/>
    public string Kind => _codec.Kind;

    /// <inheritdoc/>
    public int Dimension => _codec.Dimension;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Residual => _codec.Residual;

    /// <inheritdoc/>
    public double ResidualNormSquared => _codec.ResidualNormSquared;

    /// <inheritdoc/>
    public double Gamma => _codec.Gamma;

    /// <inheritdoc/>
    public double UpdateNormSquared => _codec.UpdateNormSquared;

    /// <inheritdoc/>
    public double GrowthMax => _codec.GrowthMax;

    /// <inheritdoc/>
    public long NextUpdate
    {
        get => _codec.NextUpdate;
        set => _codec.NextUpdate = value;
    }

    /// <inheritdoc/>
    public bool TryBegin(float[] gradient, float rate) => _codec.TryBegin(gradient, rate);

    /// <inheritdoc/>
    public bool TryBegin(ref float[] gradient, float rate, double norm = double.NaN) => _codec.TryBegin(ref gradient, rate, norm);

    /// <inheritdoc/>
    public bool SendsAll(ReadOnlySpan<float> gradient) => _codec.SendsAll(gradient);

    /// <inheritdoc/>
    public void Lend(double normSquared) => _codec.Lend(normSquared);

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range) => _codec.KindOf(range);

    /// <inheritdoc/>
    public int EntryCount(ShardRange range) => _codec.EntryCount(range);

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range) => _codec.PayloadSize(range);

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload) => _codec.Write(range, payload);

    /// <inheritdoc/>
    public void TakeBack() => _codec.TakeBack();

    /// <inheritdoc/>
    public void ClearResidual() => _codec.ClearResidual();

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual) => _codec.LoadResidual(residual);
}
