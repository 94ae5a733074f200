using OrleansSgd.Core.Codecs;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Plans of every codec, with and without error feedback, with whole values and rounded ones.</summary>
internal static class AllCodecs
{
    public static IEnumerable<CodecPlan> Plans { get; } =
    [
        new(),
        .. new[]
        {
            new CodecPlan(Values: CodecPlan.Bfloat16),
            new CodecPlan(CodecPlan.TopK, 0.1),
            new CodecPlan(CodecPlan.TopK, 0.1, Values: CodecPlan.Bfloat16),
            new CodecPlan(CodecPlan.TopK, 0.6, Values: CodecPlan.Bfloat16),
            new CodecPlan(CodecPlan.RandomK, 0.3, Values: CodecPlan.Bfloat16),
            new CodecPlan(CodecPlan.AboveThreshold, Threshold: 0.25, Values: CodecPlan.Bfloat16),
            new CodecPlan(CodecPlan.RandomK, 0.1),
            new CodecPlan(CodecPlan.RandomK, 0.8),
            new CodecPlan(CodecPlan.AboveThreshold, Threshold: 0.25),
            new CodecPlan(CodecPlan.Qsgd, Levels: 1, Bucket: 24),
            new CodecPlan(CodecPlan.Qsgd, Levels: 7, Bucket: 64),
            new CodecPlan(CodecPlan.Qsgd, Levels: 127),
            new CodecPlan(CodecPlan.OneBit, Bucket: 40),
            new CodecPlan(CodecPlan.OneBit, SeparateMeans: true),
        }.SelectMany(plan => new[] { plan, plan with { ErrorFeedback = false } }),
    ];

    public static bool IsRandom(CodecPlan plan) => plan.Kind is CodecPlan.RandomK or CodecPlan.Qsgd;
}
