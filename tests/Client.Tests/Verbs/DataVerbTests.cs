using System.Text.Json;

namespace OrleansSgd.Client.Tests.Verbs;

public sealed class DataVerbTests
{
    [Fact]
    public async Task The_list_says_which_sets_there_are_and_which_are_here()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["moby-dick"]);
        folder.Text("moby-dick/data.txt", "Call me Ishmael.");

        GridRun text = await GridRun.InProcessAsync("data", "list", "--data", folder.Path);
        GridRun json = await GridRun.InProcessAsync("data", "list", "--json", "--data", folder.Path);

        Assert.Equal((ExitCodes.Done, ""), (text.ExitCode, text.Error));
        Assert.Equal(["mnist absent", "cifar10 absent", "moby-dick here"], text.Lines.Select(Summary));
        JsonElement[] events = [.. json.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([false, false, true], events[..^1].Select(one => one.GetProperty("here").GetBoolean()));
        Assert.Equal("completed", events[^1].GetProperty("event").GetString());
    }

    // Name, size, unit, whether it is here, then the description.
    private static string Summary(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{words[0]} {words[3]}";
    }
}
