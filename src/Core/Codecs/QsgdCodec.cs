using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends every coordinate rounded at random to one of s levels of its bucket's norm, in few bits each.</summary>
/// <remarks>
/// <para>In a bucket of n coordinates, the step is ‖u‖ / s, and |uⱼ| becomes a whole number of steps, up or down at random such that the
/// mean is |uⱼ|. So Q is unbiased, with variance E ‖Q(u) − u‖² ≤ ω ‖u‖², ω = min(n/s², √n/s).</para>
/// <para>Without error feedback Q is sent as it is: unbiased. With error feedback Q/(1 + ω) is sent, which is a contraction:
/// E ‖u − Q(u)/(1 + ω)‖² ≤ ω/(1 + ω) ‖u‖²; the rest stays in the residual.</para>
/// <para>Invariant: residual′ = u − sent, rounded once to f32. Buckets are cut over the whole vector, and the random number of a
/// coordinate depends on seed, update and coordinate alone; so neither depends on the shards.</para>
/// </remarks>
public sealed class QsgdCodec : ResidualCodec
{
    private readonly int _bucket;
    private readonly int _levelMax;
    private readonly int _bits;
    private readonly ulong _seed;

    // What is sent: one step a bucket, and whole numbers of them.
    private readonly float[] _scales;
    private readonly sbyte[] _levels;

    // u − Q(u) of one block.
    private readonly float[] _errors;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="levels">s, 1 to <see cref="CodecPlan.LevelsMax"/>.</param>
    /// <param name="bucket">Coordinates of a bucket, as <see cref="CodecPlan.Bucket"/>.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    /// <param name="seed">Fixes the rounding; give every worker its own, so that their errors cancel.</param>
    public QsgdCodec(
        int dimension, int levels = CodecPlan.LevelsDefault, int bucket = CodecPlan.BucketDefault, bool errorFeedback = true, ulong seed = 0)
        : base(dimension, errorFeedback)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, CodecPlan.LevelsMax);
        CodecArguments.CheckBucket(bucket);
        _bucket = bucket;
        _levelMax = levels;
        _bits = BitFields.BitsFor(levels);
        _seed = seed;
        _scales = new float[BucketMap.CountFor(dimension, bucket)];
        _levels = new sbyte[dimension];
        _errors = new float[Math.Min(dimension, UpdateSum.BlockLength)];
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.Qsgd;

    /// <summary>1 + √n / s: each of the n coordinates of a bucket is rounded up by less than one step, ‖u‖ / s.</summary>
    public override double GrowthMax => 1 + (Math.Sqrt(Math.Min(_bucket, Dimension)) / _levelMax);

    /// <summary>ω: E ‖Q(u) − u‖² ≤ ω ‖u‖² over one bucket.</summary>
    /// <param name="length">n, coordinates of the bucket.</param>
    /// <param name="levels">s.</param>
    public static double VarianceFactor(int length, int levels) =>
        Math.Min(length / ((double)levels * levels), Math.Sqrt(length) / levels);

    private protected override bool TryChoose(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        norms = new(0, 0);
        CoordinateNoise noise = new(_seed, NextUpdate);
        for (int bucket = 0; bucket < _scales.Length; bucket++)
        {
            int start = bucket * _bucket;
            int end = (int)Math.Min(sum.Length, (long)start + _bucket);
            SquareSum squares = default;
            for (int at = start; at < end; at += UpdateSum.BlockLength)
            {
                squares.Add(UpdateSum.Add(gradient, rate, residual, sum, at, Math.Min(end, at + UpdateSum.BlockLength)));
            }

            // The values are finite when the step is: and then so is everything that the bits can hold.
            float step = StochasticLevels.StepFor(Math.Sqrt(squares.Total), _levelMax);
            if (!float.IsFinite(step * (1 << (_bits - 1))))
            {
                return false;
            }

            double shrink = ErrorFeedback ? 1 + VarianceFactor(end - start, _levelMax) : 1;
            _scales[bucket] = (float)(step / shrink);
            norms = new(norms.Update + squares.Total, norms.Error + Round(sum, start, end, step, _scales[bucket], noise));
        }

        return true;
    }

    private protected override PayloadKind KindIn(ShardRange range) =>
        _levels.AsSpan(range.Start, range.Length).ContainsAnyExcept((sbyte)0) ? PayloadKind.Levels : PayloadKind.None;

    private protected override int CountIn(ShardRange range) => KindIn(range) == PayloadKind.None ? 0 : range.Length;

    private protected override int SizeIn(ShardRange range) => KindIn(range) == PayloadKind.None
        ? 0
        : checked((int)BucketedPayload.SizeOf(PayloadKind.Levels, BucketMap.Of(range, _bucket), _bits));

    private protected override double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return 0;
        }

        BucketMap map = BucketMap.Of(range, _bucket);
        BucketedPayload.WriteHeader(PayloadKind.Levels, map, _bits, payload, out Span<float> scales, out Span<byte> bits);
        _scales.AsSpan(range.Start / _bucket, map.Count).CopyTo(scales);
        new BitFields(_bits).Pack(_levels.AsSpan(range.Start, range.Length), bits);
        return FramePayload.SubtractDecoded(pending, PayloadKind.Levels, payload);
    }

    /// <returns>Squared norm of u − Q(u) over the bucket.</returns>
    private double Round(ReadOnlySpan<float> sum, int start, int end, float step, float scale, in CoordinateNoise noise)
    {
        if (step == 0)
        {
            _levels.AsSpan(start, end - start).Clear();
            return 0;
        }

        SquareSum error = default;
        for (int at = start; at < end; at += UpdateSum.BlockLength)
        {
            ReadOnlySpan<float> block = sum[at..Math.Min(end, at + UpdateSum.BlockLength)];
            Span<sbyte> levels = _levels.AsSpan(at, block.Length);
            Span<float> errors = _errors.AsSpan(0, block.Length);
            StochasticLevels.Round(block, step, noise, at, levels);
            LevelLoops.Scale(levels, scale, errors);
            FloatLoops.Subtract(errors, block);
            error.Add(errors);
        }

        return error.Total;
    }
}
