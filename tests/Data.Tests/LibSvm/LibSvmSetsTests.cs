using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Tests.LibSvm;

public class LibSvmSetsTests
{
    private static readonly DataPlan Plan = new() { Kind = "libsvm", Path = "train", TestPath = "test" };

    [Theory]
    [InlineData("-1 1:1\n+1 1:1", "1 1:1", "0 1", "1", 2)]
    [InlineData("1 1:1\n2 1:1", "3 1:1", "0 1", "2", 3)]
    [InlineData("1 1:1\n2 1:1", "0 1:1", "1 2", "0", 3)]
    [InlineData("1 1:1", "1 1:1", "0", "0", 2)]
    public void Labels_become_classes_the_same_way_in_both_files(
        string train, string test, string trainLabels, string testLabels, int classCount)
    {
        using var folder = new TempFolder();
        folder.Text("train", train).Text("test", test);

        DataSets sets = DataCatalog.Open(Plan, folder.Path);

        Assert.Equal(trainLabels, string.Join(' ', Samples.Labels(sets.Train)));
        Assert.Equal(testLabels, string.Join(' ', Samples.Labels(sets.Test!)));
        Assert.Equal(classCount, sets.Train.ClassCount);
        Assert.Equal(classCount, sets.Test!.ClassCount);
    }

    [Fact]
    public void Targets_stay_real_numbers()
    {
        using var folder = new TempFolder();
        folder.Text("train", "1.5 1:1\n-3 1:1").Text("test", "0 1:1");

        ISampleSource train = DataCatalog.Open(Plan with { Labels = "targets" }, folder.Path).Train;

        Assert.Equal([1.5f, -3f], Samples.Labels(train));
        Assert.Equal(0, train.ClassCount);
    }

    [Theory]
    [InlineData("0.5 1:1", null, "label 0.5 is not a whole number. Set labels: targets for regression.")]
    [InlineData("-1 1:1\n2 1:1", null, "line 2: label 2 is neither -1 nor +1, but labels are signed.")]
    [InlineData("-2 1:1", null, "label -2 is outside 1 to 65536 (one-based labels). Mend the file, or set classCount or labels to suit it.")]
    [InlineData("3 1:1\n0 1:1", 3, "label 3 is outside 0 to 2 (zero-based labels). Mend the file, or set classCount or labels to suit it.")]
    public void A_label_that_does_not_fit_is_named_with_its_line(string train, int? classCount, string message)
    {
        using var folder = new TempFolder();
        folder.Text("train", train);

        var error = Assert.Throws<InvalidDataException>(
            () => DataCatalog.Open(Plan with { TestPath = null, ClassCount = classCount }, folder.Path));

        Assert.StartsWith(folder["train"] + " line ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_come_out_in_the_order_asked_for_and_as_wide_as_the_wider_file()
    {
        using var folder = new TempFolder();
        folder.Text("train", "0 1:1 3:3\n1\n1 2:2").Text("test", "0 5:1");

        ISampleSource train = DataCatalog.Open(Plan, folder.Path).Train;
        SampleBatch batch = Samples.Read(train, 2, 1, 0, 2);

        Assert.Equal(5, train.FeatureCount);
        Assert.Equal([0, 1, 1, 3, 4], batch.RowStarts.ToArray());
        Assert.Equal([1, 0, 2, 1], batch.Indices.ToArray());
        Assert.Equal([2, 1, 3, 2], batch.Values.ToArray());
        Assert.Equal([1, 1, 0, 1], batch.Labels.ToArray());
    }

    [Fact]
    public void Qid_is_skipped_with_a_note_that_says_why()
    {
        using var folder = new TempFolder();
        folder.Text("train", "0 qid:1 1:1\n1 qid:1 1:1");

        DataSets sets = DataCatalog.Open(Plan with { TestPath = null }, folder.Path);

        Assert.Equal(
            [$"{folder["train"]} has qid on 2 lines; it was skipped, since no loss here looks across rows."], sets.Notes);
    }

    [Fact]
    public void Gzip_split_and_limit_work_together()
    {
        using var folder = new TempFolder();
        folder.Bytes("train", TempFolder.Gzip("0 1:1\n1 1:2\n0 1:3\n1 1:4\n1 1:5"u8.ToArray()));

        DataSets sets = DataCatalog.Open(Plan with { TestPath = null, Limit = 4, TestShare = 0.25, Seed = 3 }, folder.Path);

        float[] values = [.. Samples.Dense(sets.Train, 0, 1, 2), .. Samples.Dense(sets.Test!, 0)];
        Assert.Equal([1, 2, 3, 4], values.Order());
    }
}
