using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends the sign of every coordinate, and the mean magnitude of each bucket as its scale.</summary>
/// <remarks>
/// <para>Over the n coordinates of a bucket that are not 0, the scale ‖u‖₁/n is the one nearest to u:
/// ‖u − Q(u)‖² = (1 − ρ²) ‖u‖² exactly, with ρ = ‖u‖₁ / (√n ‖u‖₂), at most 1 − 1/n. Separate means, one of the values above 0
/// and one of those below, are never further away.</para>
/// <para>Zeros are not sent: a sign cannot say zero, and a coordinate whose gradient is always 0 would be pushed to and fro for
/// ever. A range that has zeros carries a second bit for every coordinate, a mask of what is sent; zeros count neither for the
/// scale nor for n. So with error feedback, a coordinate that never had a gradient stays exactly where it is.</para>
/// <para>Invariant: residual′ = u − sent, rounded once to f32. Buckets are cut over the whole vector, so nothing depends on the shards.</para>
/// </remarks>
public sealed class OneBitCodec : ResidualCodec
{
    private readonly int _bucket;
    private readonly bool _separateMeans;
    private readonly float[] _plus;
    private readonly float[] _minus;
    private readonly CoordinateSet _negative;
    private readonly CoordinateSet _sent;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="bucket">Coordinates of a bucket, as <see cref="CodecPlan.Bucket"/>.</param>
    /// <param name="separateMeans">Whether values below 0 have a scale of their own.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    public OneBitCodec(
        int dimension, int bucket = CodecPlan.BucketDefault, bool separateMeans = false, bool errorFeedback = true)
        : base(dimension, errorFeedback)
    {
        CodecArguments.CheckBucket(bucket);
        _bucket = bucket;
        _separateMeans = separateMeans;
        _plus = new float[BucketMap.CountFor(dimension, bucket)];
        _minus = separateMeans ? new float[_plus.Length] : [];
        _negative = new CoordinateSet(dimension);
        _sent = new CoordinateSet(dimension);
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.OneBit;

    private protected override bool TryChoose(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        norms = new(0, 0);
        for (int bucket = 0; bucket < _plus.Length; bucket++)
        {
            int start = bucket * _bucket;
            int end = (int)Math.Min(sum.Length, (long)start + _bucket);
            SignSums sums = default;
            for (int at = start; at < end; at += UpdateSum.BlockLength)
            {
                ReadOnlySpan<float> block =
                    UpdateSum.Add(gradient, rate, residual, sum, at, Math.Min(end, at + UpdateSum.BlockLength));
                sums.Add(block, _negative.Bytes[(at / 8)..], _sent.Bytes[(at / 8)..]);
            }

            if (!double.IsFinite(sums.Squares))
            {
                return false;
            }

            double error = _separateMeans ? ScaleSeparately(bucket, sums) : ScaleTogether(bucket, sums);
            norms = new(norms.Update + sums.Squares, norms.Error + Math.Max(0, error));
        }

        return true;
    }

    private protected override PayloadKind KindIn(ShardRange range) =>
        _sent.HasAny(range) ? PayloadKind.Signs : PayloadKind.None;

    private protected override int CountIn(ShardRange range) => KindIn(range) == PayloadKind.None ? 0 : range.Length;

    private protected override int SizeIn(ShardRange range) => KindIn(range) == PayloadKind.None
        ? 0
        : checked((int)BucketedPayload.SizeOf(PayloadKind.Signs, BucketMap.Of(range, _bucket), FormOf(range)));

    private protected override double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return 0;
        }

        BucketMap map = BucketMap.Of(range, _bucket);
        int form = FormOf(range);
        BucketedPayload.WriteHeader(PayloadKind.Signs, map, form, payload, out Span<float> scales, out Span<byte> bits);
        int bucket = range.Start / _bucket;
        _plus.AsSpan(bucket, map.Count).CopyTo(scales);
        if (_separateMeans)
        {
            _minus.AsSpan(bucket, map.Count).CopyTo(scales[map.Count..]);
        }

        int planeSize = BitFields.SizeOf(range.Length, 1);
        _negative.CopyTo(range, bits[..planeSize]);
        if ((form & BucketedPayload.MaskedForm) != 0)
        {
            _sent.CopyTo(range, bits[planeSize..]);
        }

        return FramePayload.SubtractDecoded(pending, PayloadKind.Signs, payload);
    }

    private int FormOf(ShardRange range) =>
        (_separateMeans ? BucketedPayload.SeparateForm : 0) | (_sent.HasAll(range) ? 0 : BucketedPayload.MaskedForm);

    private double ScaleTogether(int bucket, in SignSums sums)
    {
        double total = sums.Plus + sums.Minus;
        int count = sums.PlusCount + sums.MinusCount;
        _plus[bucket] = Mean(total, count);
        return sums.Squares - Explained(_plus[bucket], total, count);
    }

    private double ScaleSeparately(int bucket, in SignSums sums)
    {
        _plus[bucket] = Mean(sums.Plus, sums.PlusCount);
        _minus[bucket] = Mean(sums.Minus, sums.MinusCount);
        return sums.Squares - Explained(_plus[bucket], sums.Plus, sums.PlusCount)
            - Explained(_minus[bucket], sums.Minus, sums.MinusCount);
    }

    private static float Mean(double total, int count) => count == 0 ? 0 : (float)(total / count);

    // Σ u² − Σ (u − s)² over values of one sign, for the scale as it was rounded to f32.
    private static double Explained(float scale, double total, int count) => scale * ((2 * total) - (count * (double)scale));
}
