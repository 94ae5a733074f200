using OrleansSgd.Core.Codecs;

namespace OrleansSgd.Core.Tests.Codecs;

public class CodecPlanTests
{
    [Fact]
    public void Sound_plans_have_no_mistakes_and_make_their_codec()
    {
        Assert.Empty(new CodecPlan().Mistakes("codec", 10));
        Assert.IsType<DenseCodec>(UpdateCodecs.Create(new CodecPlan(), 10));
        Assert.Empty(new CodecPlan("top-k", 1).Mistakes("codec"));
        Assert.IsType<TopKCodec>(UpdateCodecs.Create(new CodecPlan("top-k", Count: 10), 10));
        Assert.True(UpdateCodecs.Create(new CodecPlan("top-k", 0.5, ErrorFeedback: false), 10).Residual.IsEmpty);
    }

    [Theory]
    [InlineData("topk", null, null, "codec.kind is 'topk'; use dense or top-k.")]
    [InlineData("top-k", 0.0, null, "codec.fraction is 0; use a number above 0, at most 1.")]
    [InlineData("top-k", 1.5, null, "codec.fraction is 1.5; use a number above 0, at most 1.")]
    [InlineData("top-k", double.NaN, null, "codec.fraction is NaN; use a number above 0, at most 1.")]
    [InlineData("top-k", null, 0, "codec.count is 0; use 1 or more.")]
    [InlineData("top-k", null, 11, "codec.count is 11, but the model has 10 parameters; use at most that many.")]
    [InlineData("top-k", null, null, "codec.kind is top-k without a size; give codec.fraction (such as 0.01) or codec.count.")]
    [InlineData("top-k", 0.1, 3, "codec.fraction is 0.1 and codec.count is 3; give one of them.")]
    [InlineData("dense", 0.1, null, "codec.fraction is 0.1 but codec.kind is dense, which sends everything; remove it or use top-k.")]
    public void Mistake_names_key_value_and_remedy(string kind, double? fraction, int? count, string expected)
    {
        CodecPlan plan = new(kind, fraction, count);

        Assert.Equal([expected], plan.Mistakes("codec", 10));
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => UpdateCodecs.Create(plan, 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once() => Assert.Equal(3, new CodecPlan("top-k", -1, 0).Mistakes("codec").Count());

    [Theory]
    [InlineData(0.01, 1_000_000, 10_000)]
    [InlineData(0.07, 100, 7)]
    [InlineData(0.001, 10, 1)]
    [InlineData(1.0, 10, 10)]
    public void Fraction_is_rounded_to_a_count_of_at_least_one(double fraction, int dimension, int expected) =>
        Assert.Equal(expected, new CodecPlan("top-k", fraction).CountFor(dimension));
}
