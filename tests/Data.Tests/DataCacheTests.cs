namespace OrleansSgd.Data.Tests;

public class DataCacheTests
{
    private static readonly DataPlan Plan = new() { Kind = "csv", Path = "train" };

    [Fact]
    public async Task Silos_that_ask_at_the_same_time_share_one_copy()
    {
        using var folder = new TempFolder();
        folder.Text("train", "x,y\n1,0\n2,1");
        var cache = new DataCache();

        DataSets[] sets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cache.OpenAsync(Plan with { }, folder.Path)));

        Assert.All(sets, one => Assert.Same(sets[0], one));
    }

    [Fact]
    public void Other_plans_and_other_folders_are_other_sets()
    {
        using var folder = new TempFolder();
        folder.Text("train", "x,y\n1,0\n2,1");
        var cache = new DataCache();
        DataSets sets = cache.Open(Plan, folder.Path);

        Assert.Same(sets, cache.Open(Plan, folder.Path + Path.DirectorySeparatorChar + "."));
        Assert.NotSame(sets, cache.Open(Plan with { Limit = 1 }, folder.Path));
        Assert.Same(sets, cache.Open(Plan with { Prefetch = 2 }, folder.Path));
    }

    [Fact]
    public void A_replaced_file_is_read_anew()
    {
        using var folder = new TempFolder();
        folder.Text("train", "x,y\n1,0\n2,1");
        var cache = new DataCache();
        DataSets before = cache.Open(Plan, folder.Path);

        folder.Text("train", "x,y\n1,0\n2,1\n3,1");

        Assert.Equal((2, 3), (before.Train.Count, cache.Open(Plan, folder.Path).Train.Count));
    }

    [Fact]
    public void A_failure_is_not_remembered()
    {
        using var folder = new TempFolder();
        var cache = new DataCache();
        Assert.Throws<FileNotFoundException>(() => cache.Open(Plan, folder.Path));

        folder.Text("train", "x,y\n1,0");

        Assert.Equal(1, cache.Open(Plan, folder.Path).Train.Count);
    }
}
