namespace OrleansSgd.Data.Tests;

public class DataPlanTests
{
    [Fact]
    public void Unknown_kind_lists_the_known_ones() =>
        Assert.Equal(
            ["data.kind is \"parquet\"; use idx, libsvm, csv, synthetic, mnist, cifar10 or text."],
            new DataPlan { Kind = "parquet" }.Mistakes("data"));

    [Fact]
    public void Missing_kind_is_called_missing() =>
        Assert.Equal(["kind is missing; use idx, libsvm, csv, synthetic, mnist, cifar10 or text."], new DataPlan().Mistakes(""));

    [Fact]
    public void Every_mistake_is_reported_at_once_with_its_key_and_range()
    {
        var plan = new DataPlan
        {
            Kind = "csv",
            Limit = 0,
            TestShare = 1,
            ClassCount = 1,
            Labels = "binary",
            Delimiter = "5",
            Separation = 3,
        };

        Assert.Equal(
            [
                "data.separation is not used by kind csv, only by synthetic; remove it.",
                "data.path is missing; name the training file of kind csv.",
                "data.testShare is 1; use a number above 0 and below 1.",
                "data.limit is 0; use 1 or more.",
                "data.classCount is 1; use 2 to 65536.",
                "data.labels is \"binary\"; use auto, signed, zero-based, one-based, names or targets.",
                "data.delimiter is \"5\"; use one character that no number contains, or tab.",
            ],
            plan.Mistakes("data."));
    }

    [Fact]
    public void Synthetic_shapes_refuse_each_others_options_and_impossible_sizes()
    {
        var plan = new DataPlan
        {
            Kind = "synthetic",
            Shape = "least-squares",
            SampleCount = 5,
            FeatureCount = 10,
            Condition = double.NaN,
            Separation = 1,
        };

        Assert.Equal(
            [
                "data.separation is not used by shape least-squares, only by gaussian-mixture; remove it.",
                "data.sampleCount is 5, below featureCount 10; use as many samples as features or more, so that the optimum is unique.",
                "data.condition is NaN; use 1 to 1000000.",
            ],
            plan.Mistakes("data"));
    }

    [Theory]
    [InlineData("least-squares")]
    [InlineData("sparse-logistic")]
    [InlineData("gaussian-mixture")]
    public void Every_shape_has_usable_defaults(string shape) =>
        Assert.Empty(new DataPlan { Kind = "synthetic", Shape = shape }.Mistakes("data"));

    [Fact]
    public void Two_test_sets_or_half_of_one_are_mistakes()
    {
        var both = new DataPlan { Kind = "libsvm", Path = "a", TestPath = "b", TestShare = 0.5 };
        var half = new DataPlan { Kind = "idx", Path = "a", LabelPath = "b", TestPath = "c" };

        Assert.Equal(["testShare and testPath both name a test set; keep one."], both.Mistakes(""));
        Assert.Equal(["testPath and testLabelPath belong together; give both or neither."], half.Mistakes(""));
    }

    [Fact]
    public void How_images_and_texts_are_read_is_checked_with_the_rest()
    {
        var images = new DataPlan { Kind = "cifar10", Augment = ["crop", "turn", "crop"], Prefetch = 65, TestShare = 0.5 };
        var text = new DataPlan { Kind = "text", Length = 0, Stride = 0, Augment = ["flip"] };

        Assert.Equal(
            [
                "testShare is not used by kind cifar10, only by idx, libsvm, csv or text; remove it.",
                "augment[1] is \"turn\"; use crop or flip.",
                "augment names crop twice; once is enough.",
                "prefetch is 65; use 0 to 64.",
            ],
            images.Mistakes(""));
        Assert.Equal(
            [
                "augment is not used by kind text, only by idx, mnist or cifar10; remove it.",
                "path is missing; name the training file of kind text.",
                "length is 0; use 1 to 65536.",
                "stride is 0; use 1 or more.",
            ],
            text.Mistakes(""));
    }

    [Fact]
    public void Canonical_text_holds_what_is_set_and_reads_back_as_the_same_plan()
    {
        var plan = new DataPlan { Kind = "csv", Path = "täglich.csv", TestShare = 0.1, Seed = ulong.MaxValue, Header = false };

        string text = plan.ToCanonicalText();

        Assert.Equal(plan, DataPlan.Parse(text));
        Assert.Equal(text, DataPlan.Parse(text).ToCanonicalText());
        Assert.Equal("""{"kind":"mnist"}""", new DataPlan { Kind = "mnist" }.ToCanonicalText());
        Assert.Equal(["crop"], DataPlan.Parse(new DataPlan { Kind = "mnist", Augment = ["crop"] }.ToCanonicalText()).Augment!);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"kind":"csv","colour":"red"}""")]
    [InlineData("""{"kind":"csv","limit":"many"}""")]
    public void Text_that_is_no_plan_is_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => DataPlan.Parse(text));

    [Fact]
    public void Opening_a_plan_with_mistakes_is_a_callers_bug()
    {
        var error = Assert.Throws<ArgumentException>(() => DataCatalog.Open(new DataPlan { Kind = "csv" }, "."));

        Assert.Contains("data.path is missing", error.Message, StringComparison.Ordinal);
    }
}
