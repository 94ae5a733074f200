using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests.Files;

/// <summary>Goal: the folder store keeps the promises of the port. Method: the common suite, then what only folders can suffer.</summary>
public sealed class FileStoreTests : StoreConformance, IDisposable
{
    private static readonly string[] LifeEnds = ["open", "closed"];

    private readonly TempFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "does not begin with")]
    [InlineData("{}", "does not begin with")]
    [InlineData("orleanssgd-checkpoint 1 00000000 5\n{}", "bytes behind its first line")]
    [InlineData("orleanssgd-checkpoint 1 00000000 2\n{}", "its checksum is")]
    [InlineData("orleanssgd-checkpoint 2 00000000 2\n{}", "resume with the version that wrote it")]
    public async Task A_manifest_that_is_half_written_changed_or_newer_is_passed_over_by_name(string text, string word)
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);
        await Checkpoints.PublishAsync(store, claim, 2);
        File.WriteAllText(Manifest(1, 2), text);

        FoundCheckpoint found = await store.FindAsync(Checkpoints.Job, None);

        Assert.Equal(1, found.Manifest!.Number);
        Assert.Contains(word, Assert.Single(found.PassedOver), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_job_is_foreign()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);
        StoreClaim other = await store.ClaimAsync("letters", None);
        await Checkpoints.PublishAsync(store, other, 5);
        File.Copy(Manifest(1, 5, "letters"), Manifest(1, 5));

        FoundCheckpoint found = await store.FindAsync(Checkpoints.Job, None);

        Assert.Equal(1, found.Manifest!.Number);
        Assert.Contains("of job 'letters', so it is foreign here", Assert.Single(found.PassedOver), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_under_another_number_is_foreign()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);
        File.Copy(Manifest(1, 1), Manifest(1, 9));

        FoundCheckpoint found = await store.FindAsync(Checkpoints.Job, None);

        Assert.Equal(1, found.Manifest!.Number);
        Assert.Contains("says that it is checkpoint 1", Assert.Single(found.PassedOver), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_not_ours_are_left_alone_and_count_for_nothing()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        string[] strange = ["claims/x", "lives/x", "lives/0000000001.open/notes.txt", "parts/x", "readme"];
        foreach (string name in strange)
        {
            File.WriteAllText(Path.Combine(_folder[Checkpoints.Job], name), "?");
        }

        Directory.CreateDirectory(_folder["not a job %zz"]);
        Directory.CreateDirectory(_folder["empty"]);

        await Checkpoints.PublishAsync(store, claim, 1);
        await Checkpoints.PublishAsync(store, await store.ClaimAsync(Checkpoints.Job, None), 2);

        Assert.Equal(2, await Checkpoints.NewestAsync(store));
        Assert.Equal([Checkpoints.Job], await store.JobsAsync(None));
        Assert.All(strange.Where(name => !name.StartsWith("lives/0", StringComparison.Ordinal)), name =>
            Assert.True(File.Exists(Path.Combine(_folder[Checkpoints.Job], name)), name));
    }

    [Fact]
    public async Task What_a_crash_left_unfinished_is_cleared_away_by_the_next_life()
    {
        ICheckpointStore store = Open();
        await store.ClaimAsync(Checkpoints.Job, None);
        string left = Path.Combine(_folder[Checkpoints.Job], "parts", "0000000001", "1-0000000001.unfinished");
        File.WriteAllBytes(left, new byte[10]);

        await Checkpoints.PublishAsync(store, await store.ClaimAsync(Checkpoints.Job, None), 1);

        Assert.False(File.Exists(left));
        Assert.False(Directory.Exists(Path.GetDirectoryName(left)));
        Assert.Single(Directory.GetDirectories(Path.Combine(_folder[Checkpoints.Job], "lives")));
    }

    [Fact]
    public async Task A_folder_that_goes_missing_while_a_job_runs_is_said_and_is_no_fresh_start()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        CheckpointManifest manifest = await Checkpoints.PublishAsync(store, claim, 1);
        Directory.Delete(_folder.Path, recursive: true);

        foreach (Func<Task> call in (Func<Task>[])
        [
            () => store.WriteAsync(claim, "x", new byte[1], None),
            () => store.PublishAsync(claim, manifest with { Number = 2 }, None),
            () => store.ClaimAsync(Checkpoints.Job, None),
            () => store.FindAsync(Checkpoints.Job, None),
            () => store.ReadAsync(Checkpoints.Job, manifest.Parts[0], None),
        ])
        {
            Assert.True((await Checkpoints.TroubleAsync(StoreTrouble.Gone, call)).IsPassing);
        }

        Assert.False(Directory.Exists(_folder.Path));
    }

    [Fact]
    public async Task A_folder_that_was_replaced_by_another_does_not_know_the_old_claim()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await store.ReleaseAsync(claim, None);
        Directory.Delete(_folder.Path, recursive: true);
        await store.ClaimAsync(Checkpoints.Job, None);

        CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Outclaimed, () => Checkpoints.PublishAsync(store, claim, 1));

        Assert.Contains("was replaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fence_is_the_folder_itself_so_even_a_life_that_asks_too_early_is_stopped()
    {
        // The old life has checked its claim and is about to rename its manifest into place; just then the new life claims.
        ICheckpointStore store = Open();
        FileCheckpointStore old = new(_folder.Path, null, new ClaimingBeforeManifest(store));
        StoreClaim claim = await old.ClaimAsync(Checkpoints.Job, None);
        CheckpointPart[] parts = await Checkpoints.WriteAsync(old, claim, 1);

        await Checkpoints.TroubleAsync(StoreTrouble.Outclaimed, () => old.PublishAsync(claim, Checkpoints.Manifest(claim, 1, parts), None));

        Assert.Equal(0, await Checkpoints.NewestAsync(store));
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(_folder[Checkpoints.Job], "lives")).Length);
    }

    protected override ICheckpointStore Open(int keep = 2) => new FileCheckpointStore(_folder.Path, new() { Keep = keep });

    protected override Task HarmAsync(string job, CheckpointPart part, Harm harm)
    {
        string path = Path.Combine(_folder[job], part.Path);
        byte[] bytes = File.ReadAllBytes(path);
        switch (harm)
        {
            case Harm.Changed:
                bytes[bytes.Length / 2] ^= 0x10;
                File.WriteAllBytes(path, bytes);
                break;
            case Harm.CutShort:
                File.WriteAllBytes(path, bytes[..^1]);
                break;
            default:
                File.Delete(path);
                break;
        }

        return Task.CompletedTask;
    }

    protected override Task<string[]> PartsAsync(string job) => Task.FromResult(
        Directory.GetFiles(Path.Combine(_folder[job], "parts"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder[job], file).Replace('\\', '/'))
            .ToArray());

    private string Manifest(long generation, long number, string job = Checkpoints.Job) => LifeEnds
        .Select(end => Path.Combine(_folder[job], "lives", $"{generation:D10}.{end}"))
        .Where(Directory.Exists)
        .Select(life => Path.Combine(life, $"{number:D10}.manifest"))
        .First();

    private sealed class ClaimingBeforeManifest(ICheckpointStore newer) : FileSteps
    {
        public override void Move(string from, string to)
        {
            if (to.EndsWith(".manifest", StringComparison.Ordinal))
            {
                newer.ClaimAsync(Checkpoints.Job, None).GetAwaiter().GetResult();
            }

            base.Move(from, to);
        }
    }
}
