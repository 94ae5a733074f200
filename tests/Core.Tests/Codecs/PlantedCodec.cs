using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>A codec with a bug of choice, to show that the laws notice it.</summary>
internal sealed class PlantedCodec(IUpdateCodec inner) : IUpdateCodec
{
    /// <summary>How much of every value that stays is lost.</summary>
    public float ResidualTaken { get; init; }

    /// <summary>What the norm is multiplied by.</summary>
    public double NormScale { get; init; } = 1;

    /// <summary>What γ is multiplied by.</summary>
    public double GammaScale { get; init; } = 1;

    public double Gamma => inner.Gamma * GammaScale;

    public double UpdateNormSquared => inner.UpdateNormSquared;

    public long NextUpdate
    {
        get => inner.NextUpdate;
        set => inner.NextUpdate = value;
    }

    public string Kind => inner.Kind;

    public int Dimension => inner.Dimension;

    public ReadOnlySpan<float> Residual => inner.Residual;

    public double ResidualNormSquared => inner.ResidualNormSquared;

    public double GrowthMax => inner.GrowthMax;

    public void TakeBack() => inner.TakeBack();

    public bool TryBegin(float[] gradient, float rate) => inner.TryBegin(gradient, rate);

    public PayloadKind KindOf(ShardRange range) => inner.KindOf(range);

    public int EntryCount(ShardRange range) => inner.EntryCount(range);

    public int PayloadSize(ShardRange range) => inner.PayloadSize(range);

    public void ClearResidual() => inner.ClearResidual();

    public void LoadResidual(ReadOnlySpan<float> residual) => inner.LoadResidual(residual);

    public double Write(ShardRange range, Span<byte> payload)
    {
        double norm = inner.Write(range, payload);
        if (ResidualTaken != 0)
        {
            inner.LoadResidual([.. inner.Residual.ToArray().Select(value => value == 0 ? 0 : value - ResidualTaken)]);
        }

        return norm * NormScale;
    }
}
