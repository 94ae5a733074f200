using OrleansSgd.Core.Codecs;

namespace OrleansSgd.Core.Tests.Codecs;

public class CodecPlanTests
{
    private const string Kinds = "dense, top-k, random-k, threshold, qsgd or one-bit";

    [Fact]
    public void Sound_plans_have_no_mistakes_and_make_their_codec()
    {
        (CodecPlan Plan, Type Codec)[] sound =
        [
            (new(), typeof(DenseCodec)),
            (new(Values: "bfloat16"), typeof(DenseBfloat16Codec)),
            (new("top-k", 1), typeof(TopKCodec)),
            (new("top-k", 0.5, Values: "bfloat16"), typeof(TopKCodec)),
            (new("top-k", Count: 10), typeof(TopKCodec)),
            (new("random-k", 0.5), typeof(RandomKCodec)),
            (new("threshold", Threshold: 1e-3), typeof(ThresholdCodec)),
            (new("qsgd"), typeof(QsgdCodec)),
            (new("qsgd", Levels: 127, Bucket: 16), typeof(QsgdCodec)),
            (new("one-bit"), typeof(OneBitCodec)),
            (new("one-bit", Bucket: CodecPlan.BucketMax, SeparateMeans: true), typeof(OneBitCodec)),
        ];
        foreach ((CodecPlan plan, Type codec) in sound)
        {
            Assert.Empty(plan.Mistakes("codec", 10));
            Assert.IsType(codec, UpdateCodecs.Create(plan, 10));
            Assert.True(UpdateCodecs.Create(plan with { ErrorFeedback = false }, 10).Residual.IsEmpty);
            Assert.Equal(plan.Kind, UpdateCodecs.Create(plan, 10).Kind);
        }

        Assert.Equal(CodecPlan.Kinds, sound.Select(entry => entry.Plan.Kind).Distinct());
    }

    [Theory]
    [InlineData("topk", null, null, $"codec.kind is 'topk'; use {Kinds}.")]
    [InlineData("top-k", 0.0, null, "codec.fraction is 0; use a number above 0, at most 1.")]
    [InlineData("top-k", 1.5, null, "codec.fraction is 1.5; use a number above 0, at most 1.")]
    [InlineData("random-k", double.NaN, null, "codec.fraction is NaN; use a number above 0, at most 1.")]
    [InlineData("top-k", null, 0, "codec.count is 0; use 1 or more.")]
    [InlineData("random-k", null, 11, "codec.count is 11, but the model has 10 parameters; use at most that many.")]
    [InlineData("random-k", null, null, "codec.kind is random-k without a size; give codec.fraction (such as 0.01) or codec.count.")]
    [InlineData("top-k", 0.1, 3, "codec.fraction is 0.1 and codec.count is 3; give one of them.")]
    [InlineData("dense", 0.1, null, "codec.fraction is 0.1 but codec.kind is dense, which has no use for it; remove it or use top-k or random-k.")]
    [InlineData("one-bit", null, 3, "codec.count is 3 but codec.kind is one-bit, which has no use for it; remove it or use top-k or random-k.")]
    public void Mistake_names_key_value_and_remedy(string kind, double? fraction, int? count, string expected) =>
        AssertMistake(new(kind, fraction, count), expected);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(128)]
    public void Levels_outside_their_range_are_a_mistake(int levels) =>
        AssertMistake(new("qsgd", Levels: levels), $"codec.levels is {levels}; use 1 to 127.");

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(-512)]
    [InlineData(100)]
    [InlineData((1 << 30) + 8)]
    public void Bucket_outside_its_range_is_a_mistake(int bucket)
    {
        string expected = $"codec.bucket is {bucket}; use a multiple of 8, 16 to 1073741824.";
        AssertMistake(new("qsgd", Bucket: bucket), expected);
        AssertMistake(new("one-bit", Bucket: bucket), expected);
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-1.0, "-1")]
    [InlineData(1e-60, "1E-60")]
    [InlineData(1e60, "1E+60")]
    [InlineData(double.NaN, "NaN")]
    public void Threshold_that_is_not_above_zero_is_a_mistake(double threshold, string text) => AssertMistake(
        new("threshold", Threshold: threshold), $"codec.threshold is {text}; use a number above 0 that a 32-bit float can hold.");

    [Fact]
    public void Key_of_another_codec_is_a_mistake()
    {
        AssertMistake(
            new("threshold"), "codec.kind is threshold without a threshold; give codec.threshold, in parameter units (such as 0.001).");
        AssertMistake(
            new("top-k", 0.5, Levels: 3), "codec.levels is 3 but codec.kind is top-k, which has no use for it; remove it or use qsgd.");
        AssertMistake(
            new("dense", Bucket: 512), "codec.bucket is 512 but codec.kind is dense, which has no use for it; remove it or use qsgd or one-bit.");
        AssertMistake(
            new("qsgd", Threshold: 0.5), "codec.threshold is 0.5 but codec.kind is qsgd, which has no use for it; remove it or use threshold.");
        AssertMistake(
            new("qsgd", SeparateMeans: true),
            "codec.separateMeans is true but codec.kind is qsgd, which has no use for it; remove it or use one-bit.");
    }

    [Fact]
    public void Values_that_no_codec_or_not_this_one_sends_are_a_mistake()
    {
        AssertMistake(new(Values: "float16"), "codec.values is 'float16'; use float32 or bfloat16.");
        AssertMistake(
            new("qsgd", Values: "bfloat16"),
            "codec.values is bfloat16 but codec.kind is qsgd, which has no use for it; remove it or use dense, top-k, random-k or threshold.");
    }

    [Fact]
    public void Only_whole_values_of_every_coordinate_are_exact()
    {
        Assert.True(new CodecPlan() is { IsExact: true, HoldsBack: false, Drops: false });
        Assert.True(new CodecPlan(ErrorFeedback: false) is { IsExact: true, HoldsBack: false, Drops: false });
        Assert.True(new CodecPlan(Values: "bfloat16") is { IsExact: false, HoldsBack: true, Drops: false });
        Assert.True(new CodecPlan(Values: "bfloat16", ErrorFeedback: false) is { IsExact: false, HoldsBack: false, Drops: true });
        Assert.True(new CodecPlan("top-k", 0.1) is { IsExact: false, HoldsBack: true, Drops: false });
    }

    [Fact]
    public void All_mistakes_are_told_at_once() => Assert.Equal(4, new CodecPlan("top-k", -1, 0, Levels: 2).Mistakes("codec").Count());

    [Theory]
    [InlineData(0.01, 1_000_000, 10_000)]
    [InlineData(0.07, 100, 7)]
    [InlineData(0.001, 10, 1)]
    [InlineData(1.0, 10, 10)]
    public void Fraction_is_rounded_to_a_count_of_at_least_one(double fraction, int dimension, int expected) =>
        Assert.Equal(expected, new CodecPlan("top-k", fraction).CountFor(dimension));

    [Fact]
    public void Bounds_on_gamma_are_those_of_the_theory()
    {
        Assert.Equal(0, new CodecPlan().GammaBound(100));
        Assert.Equal(1.0 / 65536, new CodecPlan(Values: "bfloat16").GammaBound(100));
        Assert.Equal(0.9 + (0.1 / 65536), new CodecPlan("top-k", 0.1, Values: "bfloat16").GammaBound(100), 12);
        Assert.Equal(0.9, new CodecPlan("top-k", 0.1).GammaBound(100), 12);
        Assert.Equal(0.9, new CodecPlan("random-k", Count: 10).GammaBound(100), 12);
        Assert.Equal(1, new CodecPlan("threshold", Threshold: 1).GammaBound(100));
        Assert.Equal(0.99, new CodecPlan("one-bit").GammaBound(100), 12);

        // s = 4, n = 16: ω = min(16/16, 4/4) = 1.
        Assert.Equal(0.5, new CodecPlan("qsgd", Levels: 4, Bucket: 16).GammaBound(100), 12);
        Assert.Equal(1, new CodecPlan("qsgd", Levels: 4, Bucket: 16, ErrorFeedback: false).GammaBound(100), 12);
    }

    private static void AssertMistake(CodecPlan plan, string expected)
    {
        Assert.Equal([expected], plan.Mistakes("codec", 10));
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => UpdateCodecs.Create(plan, 10)).Message, StringComparison.Ordinal);
    }
}
