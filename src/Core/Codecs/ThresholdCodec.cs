using System.Runtime.Intrinsics;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends every coordinate whose magnitude reaches a fixed threshold; what it does not send stays in the residual.</summary>
/// <remarks>
/// <para>The threshold is in parameter units, like the residual: no coordinate of the residual reaches it once all is written.</para>
/// <para>‖u − Q(u)‖² is below d · threshold², whatever u is, and never above ‖u‖²; but no γ below 1 holds for every u: an
/// update that is small everywhere is not sent at all until the residual has grown.</para>
/// </remarks>
public sealed class ThresholdCodec : MarkedCodec
{
    private readonly float _threshold;

    // What stays of one block, 0 where the value is sent.
    private readonly float[] _rest;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="threshold">The least magnitude sent; finite, above 0.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    /// <param name="isBfloat16">Whether values are sent as bfloat16.</param>
    public ThresholdCodec(int dimension, float threshold, bool errorFeedback = true, bool isBfloat16 = false)
        : base(dimension, errorFeedback, isBfloat16)
    {
        if (!float.IsFinite(threshold) || threshold <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold is a finite number above 0.");
        }

        _threshold = threshold;
        _rest = new float[Math.Min(dimension, UpdateSum.BlockLength)];
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.AboveThreshold;

    private protected override bool TryChooseCoordinates(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        SquareSum all = default;
        SquareSum error = default;
        Span<byte> bits = Chosen.Bytes;
        for (int start = 0; start < sum.Length; start += UpdateSum.BlockLength)
        {
            int end = Math.Min(start + UpdateSum.BlockLength, sum.Length);
            ReadOnlySpan<float> block = UpdateSum.Add(gradient, rate, residual, sum, start, end);
            Span<float> rest = _rest.AsSpan(0, block.Length);
            Split(block, _threshold, bits[(start / 8)..], rest);
            all.Add(block);
            error.Add(rest);
        }

        norms = new(all.Total, error.Total);
        return double.IsFinite(all.Total);
    }

    /// <summary>One bit for every value that reaches the threshold; the others go to <paramref name="rest"/>.</summary>
    private static void Split(ReadOnlySpan<float> block, float threshold, Span<byte> bits, Span<float> rest)
    {
        Vector256<float> thresholds = Vector256.Create(threshold);
        int step = Vector256<float>.Count;
        int i = 0;
        for (; i <= block.Length - step; i += step)
        {
            Vector256<float> values = Vector256.Create(block.Slice(i, step));
            Vector256<float> reaches = Vector256.GreaterThanOrEqual(Vector256.Abs(values), thresholds);
            bits[i / 8] = (byte)reaches.ExtractMostSignificantBits();
            Vector256.AndNot(values, reaches).CopyTo(rest[i..]);
        }

        if (i == block.Length)
        {
            return;
        }

        int last = 0;
        for (int bit = 0; i < block.Length; i++, bit++)
        {
            bool reaches = MathF.Abs(block[i]) >= threshold;
            last |= reaches ? 1 << bit : 0;
            rest[i] = reaches ? 0 : block[i];
        }

        bits[(block.Length - 1) / 8] = (byte)last;
    }
}
