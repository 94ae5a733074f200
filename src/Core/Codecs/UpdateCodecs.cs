namespace OrleansSgd.Core.Codecs;

/// <summary>Makes the codec that a plan names.</summary>
public static class UpdateCodecs
{
    /// <summary>A new codec with an empty residual, for one worker.</summary>
    /// <param name="plan">A plan without <see cref="CodecPlan.Mistakes"/>.</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="seed">
    /// Fixes the choices of random-k and QSGD, together with <see cref="IUpdateCodec.NextUpdate"/>; give every worker its own. Others do not use it.
    /// </param>
    /// <exception cref="ArgumentException">The plan has mistakes; the message names them.</exception>
    public static IUpdateCodec Create(CodecPlan plan, int dimension, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        string mistakes = string.Join(' ', plan.Mistakes("codec", dimension));
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(mistakes, nameof(plan));
        }

        int bucket = plan.Bucket ?? CodecPlan.BucketDefault;
        bool isBfloat16 = plan.Values == CodecPlan.Bfloat16;
        return plan.Kind switch
        {
            CodecPlan.Dense when isBfloat16 => new DenseBfloat16Codec(dimension, plan.ErrorFeedback),
            CodecPlan.Dense => new DenseCodec(dimension),
            CodecPlan.TopK => new TopKCodec(dimension, plan.CountFor(dimension), plan.ErrorFeedback, isBfloat16),
            CodecPlan.RandomK => new RandomKCodec(dimension, plan.CountFor(dimension), plan.ErrorFeedback, seed, isBfloat16),
            CodecPlan.AboveThreshold => new ThresholdCodec(dimension, (float)plan.Threshold!.Value, plan.ErrorFeedback, isBfloat16),
            CodecPlan.Qsgd => new QsgdCodec(dimension, plan.Levels ?? CodecPlan.LevelsDefault, bucket, plan.ErrorFeedback, seed),
            CodecPlan.OneBit => new OneBitCodec(dimension, bucket, plan.SeparateMeans, plan.ErrorFeedback),
            _ => throw new ArgumentException($"Codec '{plan.Kind}' has no maker.", nameof(plan)),
        };
    }
}
