using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Data.Tests.Fetch;

public class ArchiveOriginTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly byte[] Archive = Tarballs.Make(
        ("set/readme", [1]), ("set/images", FetchedSet.Images), ("other/labels", [7, 7, 7]), ("set/labels", FetchedSet.Labels));

    [Fact]
    public async Task An_archive_brings_its_files_and_nothing_else()
    {
        using var set = new FetchedSet();
        await using MirrorServer server = await Serving(Archive);

        FetchReport report = await set.FetchAsync(Origin(set, server));

        Assert.True(report.IsComplete, report.ToString());
        Assert.Equal(server.Address.Authority, report.Origin);
        Assert.Equal(FetchedSet.Images, File.ReadAllBytes(set.Folder["set/images"]));
        Assert.Equal(FetchedSet.Labels, File.ReadAllBytes(set.Folder["set/labels"]));
        Assert.Equal(["images", "labels"], set.Entries);
    }

    [Fact]
    public async Task An_archive_that_is_absent_damaged_cut_short_or_of_something_else_is_reported_and_leaves_nothing()
    {
        using var set = new FetchedSet();
        await using MirrorServer absent = await MirrorServer.WithAsync(new Dictionary<string, byte[]>());
        await using MirrorServer page = await Serving("<html>Moved</html>"u8.ToArray());
        await using MirrorServer cut = await Serving(Archive[..^(Archive.Length / 2)]);
        await using MirrorServer other = await Serving(Tarballs.Make(("set/images", FetchedSet.Labels), ("set/labels", FetchedSet.Labels)));

        FetchReport report = await set.FetchAsync([.. new[] { absent, page, cut, other }.Select(server => Origin(set, server))]);

        Assert.False(report.IsComplete);
        Assert.EndsWith("all.tar.gz: HTTP 404.", report.Tried[0], StringComparison.Ordinal);
        Assert.Contains("its tarball is damaged", report.Tried[1], StringComparison.Ordinal);
        Assert.Contains("its tarball is damaged", report.Tried[2], StringComparison.Ordinal);
        Assert.EndsWith("images did not arrive.", report.Tried[3], StringComparison.Ordinal);
        Assert.Empty(set.Entries);
    }

    [Fact]
    public async Task A_server_that_says_nothing_or_hangs_up_costs_a_bounded_time()
    {
        using var set = new FetchedSet();
        await using MirrorServer silent = await MirrorServer.StartAsync((_, context) => MirrorServer.Silence(context));
        await using MirrorServer stalls = await MirrorServer.StartAsync(async (_, context) =>
        {
            await MirrorServer.BeginAsync(context, Archive.AsMemory(0, 50));
            await MirrorServer.Silence(context);
        });
        await using MirrorServer hangsUp = await MirrorServer.StartAsync(async (_, context) =>
        {
            await MirrorServer.BeginAsync(context, Archive.AsMemory(0, 50));
            context.Abort();
        });
        TimeSpan bound = TimeSpan.FromMilliseconds(200);

        FetchReport report = await set.FetchAsync(
            Origin(set, silent, answerTimeMax: bound), Origin(set, stalls, silenceMax: bound), Origin(set, hangsUp));

        Assert.EndsWith("all.tar.gz: no answer in time.", report.Tried[0], StringComparison.Ordinal);
        Assert.EndsWith("all.tar.gz: no answer in time.", report.Tried[1], StringComparison.Ordinal);
        Assert.Contains("all.tar.gz: ", report.Tried[2], StringComparison.Ordinal);
    }

    private static Task<MirrorServer> Serving(byte[] archive) =>
        MirrorServer.WithAsync(new Dictionary<string, byte[]> { ["all.tar.gz"] = archive });

    private static ArchiveOrigin Origin(
        FetchedSet set, MirrorServer server, TimeSpan? answerTimeMax = null, TimeSpan? silenceMax = null) =>
        new(new Uri(server.Address, "all.tar.gz"), new TarFolder("set/"), set.Http, answerTimeMax ?? Patience, silenceMax ?? Patience);
}
