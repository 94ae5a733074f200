using OrleansSgd.Client.Training;

namespace OrleansSgd.Client.Tests.Training;

public sealed class RunFolderTests
{
    [Fact]
    public void Each_result_gets_the_first_free_number_and_replaces_none()
    {
        using var folder = new TempFolder();
        string runs = folder["runs"];

        Assert.Equal(Path.Combine(runs, "tiny-1"), Keep(runs, "first"));
        Directory.CreateDirectory(Path.Combine(runs, "tiny-2"));
        Assert.Equal(Path.Combine(runs, "tiny-3"), Keep(runs, "second"));
        Assert.Equal("first", File.ReadAllText(Path.Combine(runs, "tiny-1", "result")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(runs, "tiny-2")));
    }

    [Fact]
    public void Results_that_arrive_at_once_all_stay()
    {
        using var folder = new TempFolder();
        string[] contents = [.. Enumerable.Range(0, 32).Select(i => $"run {i}")];

        Parallel.ForEach(contents, content => Keep(folder.Path, content));

        Assert.Equal(
            contents.Order(StringComparer.Ordinal),
            Directory.GetFiles(folder.Path, "result", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_not_kept_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        using (RunFolder run = RunFolder.Open(folder.Path, "tiny"))
        {
            File.WriteAllText(Path.Combine(run.Staging, "half"), "");
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static string Keep(string runs, string content)
    {
        using RunFolder run = RunFolder.Open(runs, "tiny");
        File.WriteAllText(Path.Combine(run.Staging, "result"), content);
        return run.Keep();
    }
}
