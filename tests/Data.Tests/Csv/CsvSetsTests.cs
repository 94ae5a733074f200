namespace OrleansSgd.Data.Tests.Csv;

public class CsvSetsTests
{
    private static readonly DataPlan Plan = new() { Kind = "csv", Path = "train", TestPath = "test" };

    [Fact]
    public void Words_become_classes_in_ordinal_order_over_both_files()
    {
        using var folder = new TempFolder();
        folder.Text("train", "x,kind\n1,cat\n2,ant").Text("test", "x,kind\n3,bee");

        DataSets sets = DataCatalog.Open(Plan with { Labels = "names" }, folder.Path);

        Assert.Equal(["ant", "bee", "cat"], sets.ClassNames!);
        Assert.Equal([2, 0], Samples.Labels(sets.Train));
        Assert.Equal([1], Samples.Labels(sets.Test!));
        Assert.Equal((3, 3), (sets.Train.ClassCount, sets.Test!.ClassCount));
    }

    [Fact]
    public void Columns_are_normalised_by_the_training_rows_alone()
    {
        using var folder = new TempFolder();
        folder.Text("train", "a,b,y\n1,5,0\n3,5,1").Text("test", "a,b,y\n5,6,0");

        DataSets sets = DataCatalog.Open(Plan with { Normalise = true }, folder.Path);

        Assert.Equal([-1, 0, 1, 0], Samples.Dense(sets.Train, 0, 1));
        Assert.Equal([3, 1], Samples.Dense(sets.Test!, 0));
    }

    [Fact]
    public void Split_rows_are_normalised_by_the_training_rows_alone()
    {
        using var folder = new TempFolder();
        folder.Text("train", "a,y\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{i * i},{i % 2}\n")));

        DataSets sets = DataCatalog.Open(Plan with { TestPath = null, TestShare = 0.2, Normalise = true }, folder.Path);

        Assert.Equal(40, sets.Train.Count);
        Assert.InRange(Samples.Dense(sets.Train, Samples.All(sets.Train)).Average(), -1e-6, 1e-6);
    }

    [Fact]
    public void Files_with_other_columns_are_refused()
    {
        using var folder = new TempFolder();
        folder.Text("train", "a,b,y\n1,5,0\n3,5,1").Text("test", "b,a,y\n5,6,0").Text("short", "a,y\n5,0");

        Assert.EndsWith(
            "Put the columns of both files in one order.",
            Assert.Throws<InvalidDataException>(() => DataCatalog.Open(Plan, folder.Path)).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            $"{folder["short"]} has 1 features, but {folder["train"]} has 2.",
            Assert.Throws<InvalidDataException>(() => DataCatalog.Open(Plan with { TestPath = "short" }, folder.Path)).Message);
    }

    [Fact]
    public void More_words_than_classes_are_refused()
    {
        using var folder = new TempFolder();
        folder.Text("train", "x,kind\n1,cat\n2,ant\n2,bee");

        Assert.Equal(
            $"{folder["train"]} has 3 different label words; the limit is 2. Is labelColumn the right one?",
            Assert.Throws<InvalidDataException>(() => DataCatalog.Open(
                Plan with { TestPath = null, Labels = "names", ClassCount = 2 }, folder.Path)).Message);
    }
}
