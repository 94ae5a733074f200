using OrleansSgd.Storage.Blobs;
using OrleansSgd.Storage.Files;
using OrleansSgd.Storage.Memory;

namespace OrleansSgd.Storage.Tests;

/// <summary>Goal: an address opens the store it names, or is told what is wrong with it. Method: each form, each mistake.</summary>
public sealed class CheckpointStoresTests : IDisposable
{
    private const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
    private const string Connection = $"DefaultEndpointsProtocol=https;AccountName=mine;AccountKey={Key};EndpointSuffix=core.example.net";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dir:some/where", typeof(FileCheckpointStore), "dir:some/where")]
    [InlineData("some/where", typeof(FileCheckpointStore), "dir:some/where")]
    [InlineData("/some:where", typeof(FileCheckpointStore), "dir:/some:where")]
    [InlineData("c:/some", typeof(FileCheckpointStore), "dir:c:/some")]
    [InlineData("memory:mine", typeof(MemoryCheckpointStore), "memory:mine")]
    [InlineData("blob:grid-1", typeof(BlobCheckpointStore), "blob:grid-1")]
    public void An_address_opens_its_store(string address, Type kind, string shown)
    {
        Core.Checkpoints.ICheckpointStore store = CheckpointStores.Open(address, environment: _ => Connection);

        Assert.IsType(kind, store);
        Assert.Equal(shown, store.Address);
    }

    [Theory]
    [InlineData("", "has no address")]
    [InlineData("  ", "has no address")]
    [InlineData("dir:", "names no folder")]
    [InlineData("dir:a\0b", "zero character")]
    [InlineData("memory:", "has no name")]
    [InlineData("s3:bucket", "kind 's3', which is not known; use dir:PATH")]
    [InlineData("blob:", "3 to 63")]
    [InlineData("blob:Grid", "3 to 63")]
    [InlineData("blob:a--b", "3 to 63")]
    [InlineData("blob:-ab", "3 to 63")]
    public void A_mistake_in_an_address_gets_one_sentence(string address, string word)
    {
        string mistake = CheckpointStores.Mistake(address, _ => Connection)!;

        Assert.Contains(word, mistake, StringComparison.Ordinal);
        Assert.EndsWith(".", mistake, StringComparison.Ordinal);
        ArgumentException error = Assert.Throws<ArgumentException>(() => CheckpointStores.Open(address, null, _ => Connection));
        Assert.StartsWith(mistake, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_no_folder()
    {
        File.WriteAllText(_folder["file"], "x");

        Assert.Contains("is a file; name a folder", CheckpointStores.Mistake(_folder["file"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "it is not set")]
    [InlineData(" ", "it is not set")]
    [InlineData("no connection", "holds no connection string")]
    [InlineData("AccountKey=" + Key, "holds no connection string")]
    public void A_blob_store_without_a_connection_says_so_without_showing_it(string? connection, string word)
    {
        string mistake = CheckpointStores.Mistake("blob:grid", name => name == CheckpointStores.ConnectionVariable ? connection : "other")!;

        Assert.Contains(word, mistake, StringComparison.Ordinal);
        Assert.Contains("GRID_STORE_CONNECTION", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_their_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FileCheckpointStore("x", new() { Keep = 0 }));
        Assert.Throws<ArgumentException>(() => new MemoryCheckpointStore("x", new() { SlowAfter = TimeSpan.Zero }));
    }
}
