using OrleansSgd.Storage.Tables;
using OrleansSgd.Testing;

namespace OrleansSgd.Storage.Tests.Tables;

/// <summary>Goal: a document changes only against the version that was read, whoever writes. Method: a real table service.</summary>
public sealed class TableDocumentTests(AzuriteTables service) : IClassFixture<AzuriteTables>
{
    [Fact]
    public async Task What_was_written_is_read_with_a_version_that_the_next_write_must_name()
    {
        TableDocument document = await MakeAsync("read");

        Assert.Null(await document.ReadAsync());
        Assert.True(await document.TryWriteAsync("one"u8.ToArray(), null));
        (byte[] bytes, string version) = (await document.ReadAsync())!.Value;

        Assert.Equal("one"u8.ToArray(), bytes);
        Assert.True(await document.TryWriteAsync("two"u8.ToArray(), version));
        Assert.False(await document.TryWriteAsync("late"u8.ToArray(), version));
        Assert.False(await document.TryWriteAsync("anew"u8.ToArray(), null));
        Assert.Equal("two"u8.ToArray(), (await document.ReadAsync())!.Value.Bytes);
    }

    [Fact]
    public async Task A_document_of_any_length_up_to_the_limit_comes_back_and_leaves_nothing_of_a_longer_one()
    {
        TableDocument document = await MakeAsync("long");
        byte[] bytes = new byte[TableDocument.LengthMax];
        new Random(1).NextBytes(bytes);
        string? version = null;

        foreach (int length in (int[])[TableDocument.LengthMax, (1 << 16) + 1, 1 << 16, 1])
        {
            Assert.True(await document.TryWriteAsync(bytes.AsMemory(0, length), version));
            (byte[] read, version) = (await document.ReadAsync())!.Value;
            Assert.True(bytes.AsSpan(0, length).SequenceEqual(read), $"A document of {length} bytes came back as {read.Length} others.");
        }

        await Assert.ThrowsAsync<ArgumentException>(() => document.TryWriteAsync(new byte[TableDocument.LengthMax + 1], version));
    }

    [Fact]
    public async Task Of_many_writers_at_once_exactly_one_wins_each_round()
    {
        TableDocument document = await MakeAsync("race");
        Assert.True(await document.TryWriteAsync(new byte[] { 0 }, null));

        // Each adds one, eight times; a lost update would show in the sum.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < 8;)
            {
                (byte[] bytes, string version) = (await document.ReadAsync())!.Value;
                done += await document.TryWriteAsync(new[] { (byte)(bytes[0] + 1) }, version) ? 1 : 0;
            }
        })));

        Assert.Equal(32, (await document.ReadAsync())!.Value.Bytes[0]);
    }

    [Fact]
    public async Task A_deleted_document_is_gone_and_a_writer_who_read_it_is_told()
    {
        TableDocument document = await MakeAsync("gone");
        Assert.True(await document.TryWriteAsync("one"u8.ToArray(), null));
        string version = (await document.ReadAsync())!.Value.Version;

        await document.DeleteAsync();
        await document.DeleteAsync();

        Assert.Null(await document.ReadAsync());
        Assert.False(await document.TryWriteAsync("two"u8.ToArray(), version));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_with_the_remedy_and_without_the_key()
    {
        string wrong = Convert.ToBase64String(new byte[64]);
        TableDocument document = new(service.ConnectionWith(wrong), "Probe", "denied");

        IOException error = await Assert.ThrowsAsync<IOException>(() => document.MakeTableAsync());

        Assert.Contains("403", error.Message, StringComparison.Ordinal);
        Assert.Contains("renew the connection string", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        TableDocument document = new(AzuriteService.ConnectionOf("table", "http://127.0.0.1:1/devstoreaccount1", AzuriteService.Key), "Probe", "absent");

        IOException error = await Assert.ThrowsAsync<IOException>(() => document.ReadAsync());

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    private async Task<TableDocument> MakeAsync(string name)
    {
        TableDocument document = new(service.Connection, "Probe", name);
        await document.MakeTableAsync();
        await document.MakeTableAsync(); // whoever comes second finds it made
        return document;
    }
}
