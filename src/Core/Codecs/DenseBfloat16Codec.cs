using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends every coordinate as a bfloat16, in half the bytes; what rounding takes away stays in the residual.</summary>
/// <remarks>
/// To the nearest, ties to even, so |uⱼ − Q(u)ⱼ| ≤ 2⁻⁸ |uⱼ|: a contraction with γ ≤ 2⁻¹⁶. Exact like a codec that sends whole
/// coordinates: what is left of a value fits a float.
/// </remarks>
public sealed class DenseBfloat16Codec : ResidualCodec
{
    // Rounded values of one block, and then what rounding took from it.
    private readonly float[] _rounded;
    private readonly ushort[] _bits;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="errorFeedback">Whether what rounding takes away is kept.</param>
    public DenseBfloat16Codec(int dimension, bool errorFeedback = true)
        : base(dimension, errorFeedback)
    {
        _rounded = new float[Math.Min(dimension, UpdateSum.BlockLength)];
        _bits = new ushort[_rounded.Length];
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.Dense;

    /// <inheritdoc/>
    public override double GrowthMax => 1 + Bfloat16Loops.RoundoffMax;

    private protected override bool TryChoose(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        SquareSum all = default;
        SquareSum error = default;
        for (int start = 0; start < sum.Length; start += UpdateSum.BlockLength)
        {
            int end = Math.Min(start + UpdateSum.BlockLength, sum.Length);
            ReadOnlySpan<float> block = UpdateSum.Add(gradient, rate, residual, sum, start, end);
            Span<float> rounded = _rounded.AsSpan(0, block.Length);
            Span<ushort> bits = _bits.AsSpan(0, block.Length);
            Bfloat16Loops.Round(block, bits);
            Bfloat16Loops.Widen(bits, rounded);
            FloatLoops.Subtract(rounded, block);
            all.Add(block);
            error.Add(rounded);
        }

        // A value that is not finite, or that rounds to infinity, makes the second sum infinite or NaN.
        norms = new(all.Total, error.Total);
        return double.IsFinite(all.Total) && double.IsFinite(error.Total);
    }

    private protected override PayloadKind KindIn(ShardRange range) => PayloadKind.DenseBfloat16;

    private protected override int CountIn(ShardRange range) => range.Length;

    private protected override int SizeIn(ShardRange range) => FramePayload.SizeOf(PayloadKind.DenseBfloat16, range.Length, range.Length);

    private protected override double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload)
    {
        Bfloat16Loops.Round(pending, LittleEndian.UShorts(payload));
        return FramePayload.SubtractDecoded(pending, PayloadKind.DenseBfloat16, payload);
    }
}
