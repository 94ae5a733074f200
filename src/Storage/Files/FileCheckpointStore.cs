using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Files;

/// <summary>Checkpoints in a folder of a local or shared disk.</summary>
/// <remarks>
/// <para>What is written is written under another name, made durable, and renamed; then the folder is made durable. So a power cut leaves a file whole or
/// without its name. <see cref="JobFolder"/> says how an old life is fenced, <see cref="JobLocks"/> how two grids are kept apart.</para>
/// <para>Only a claim makes folders. A folder that goes missing later is trouble to be told, not a fresh start.</para>
/// <para>Thread-safe. Every call works on a thread of the pool, because file systems have no other way.</para>
/// </remarks>
public sealed class FileCheckpointStore : ICheckpointStore
{
    // Names unfinished files, so that no two writers of a process meet in one.
    private static long _writes;

    private readonly string _root;
    private readonly StoreOptions _options;
    private readonly FileSteps _steps;

    /// <param name="folder">Where; made by the first claim when it is not there.</param>
    public FileCheckpointStore(string folder, StoreOptions? options = null)
        : this(folder, options, new FileSteps())
    {
    }

    internal FileCheckpointStore(string folder, StoreOptions? options, FileSteps steps)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _root = Path.GetFullPath(folder);
        _options = (options ?? new()).Checked();
        _steps = steps;
        Address = $"dir:{folder}";
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public Task<StoreClaim> ClaimAsync(string job, CancellationToken cancellation)
    {
        JobFolder folder = new(_root, job);
        return Do($"claiming job '{job}'", _ => new FileClaiming(Address, _root, folder, _steps).Claim(), cancellation);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(StoreClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        JobLocks.Release(new JobFolder(_root, claim.Job).Lock, claim.Generation);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<CheckpointPart> WriteAsync(StoreClaim claim, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        StoreSentences.CheckName(name);
        JobFolder folder = new(_root, claim.Job);
        return Do($"writing part {name} of job '{claim.Job}'", abandoned =>
        {
            uint checksum = Crc32C.Of(bytes.Span);
            CheckpointPart part = new(name, StoreNames.PartPath(claim.Generation, name, checksum), bytes.Length, checksum);
            InLife(folder, claim, () => Place(folder, claim, folder.PartAt(part.Path), bytes.Span, abandoned));
            return part;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task PublishAsync(StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation)
    {
        StoreSentences.CheckPublication(claim, manifest);
        JobFolder folder = new(_root, claim.Job);
        return Do($"publishing checkpoint {manifest.Number} of job '{claim.Job}'", abandoned =>
        {
            InLife(folder, claim, () => Publish(folder, claim, manifest, abandoned));
            if (manifest.Outcome is not null)
            {
                JobLocks.Release(folder.Lock, claim.Generation);
            }

            return true;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<FoundCheckpoint> FindAsync(string job, CancellationToken cancellation)
    {
        JobFolder folder = new(_root, job);
        return Do($"looking for checkpoints of job '{job}'", abandoned =>
        {
            FileClaiming.ThrowIfGone(Address, folder);
            return new FileSearch(Address, folder).Find(abandoned);
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadAsync(string job, CheckpointPart part, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(part);
        JobFolder folder = new(_root, job);
        return Do($"reading part {part.Name} of job '{job}'", _ => new FileSearch(Address, folder).Read(part), cancellation);
    }

    /// <inheritdoc/>
    public Task<ITicketMark?> OpenMarkAsync(StoreClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        JobFolder folder = new(_root, claim.Job);
        return Do<ITicketMark?>($"opening the mark of job '{claim.Job}'", _ =>
        {
            long oldest = folder.Manifests().Select(one => one.Order.Generation).DefaultIfEmpty(claim.Generation).Min();
            foreach (long older in folder.MarksNow().Where(one => one < oldest).ToArray())
            {
                _steps.Delete(folder.MarkOf(older));
            }

            _steps.MakeFolder(folder.Marks);
            return new MappedMark(folder.MarkOf(claim.Generation));
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<long, long>> MarksAsync(string job, CancellationToken cancellation)
    {
        JobFolder folder = new(_root, job);
        return Do<IReadOnlyDictionary<long, long>>($"reading the marks of job '{job}'", _ => folder.MarksNow()
            .Select(generation => (Generation: generation, Tickets: MappedMark.Read(folder.MarkOf(generation))))
            .Where(one => one.Tickets is not null)
            .ToDictionary(one => one.Generation, one => one.Tickets!.Value), cancellation);
    }

    /// <inheritdoc/>
    public Task<string[]> JobsAsync(CancellationToken cancellation) => Do("listing jobs", _ =>
        !Directory.Exists(_root) ? [] : Directory.GetDirectories(_root)
            .Select(folder => StoreNames.JobOf(Path.GetFileName(folder)))
            .OfType<string>()
            .Where(job => new JobFolder(_root, job).GenerationNow() > 0)
            .Order(StringComparer.Ordinal)
            .ToArray(), cancellation);

    private void Publish(JobFolder folder, StoreClaim claim, CheckpointManifest manifest, CancellationToken abandoned)
    {
        ThrowIfOutclaimed(folder, claim);
        foreach (CheckpointPart part in manifest.Parts)
        {
            FileInfo file = new(folder.PartAt(part.Path));
            if (!file.Exists || file.Length != part.Length)
            {
                throw StoreSentences.Unwritten(Address, manifest, part, file.Exists ? $"has {file.Length} bytes, expected {part.Length}" : "is missing");
            }
        }

        byte[] bytes = ManifestText.Write(manifest);
        string path = folder.ManifestOf(new(manifest.Generation, manifest.Number));
        if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            throw StoreSentences.Renumbered(manifest);
        }

        Place(folder, claim, path, bytes, abandoned);
        ThrowIfOutclaimed(folder, claim);
        new FileRetention(folder, _steps).Retain(_options.Keep, claim.Generation);
    }

    // Unfinished files lie among the parts, where retention finds those that a crash left.
    private void Place(JobFolder folder, StoreClaim claim, string path, ReadOnlySpan<byte> bytes, CancellationToken abandoned)
    {
        string unfinished = folder.Unfinished(claim.Generation, Interlocked.Increment(ref _writes));
        _steps.Write(unfinished, bytes);

        // Who was told "slow" may use the bytes for something else by now.
        abandoned.ThrowIfCancellationRequested();
        _steps.Move(unfinished, path);
        _steps.FlushFolder(Path.GetDirectoryName(path)!);
    }

    // A life whose folders were closed or cleared away finds them missing; that is no trouble with the store.
    private void InLife(JobFolder folder, StoreClaim claim, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            ThrowIfOutclaimed(folder, claim);
            throw;
        }
    }

    private void ThrowIfOutclaimed(JobFolder folder, StoreClaim claim)
    {
        if (folder.GenerationNow() is var now && now > claim.Generation)
        {
            throw StoreSentences.Outclaimed(Address, claim, $"life {now} has claimed the job");
        }

        if (File.ReadAllText(folder.ClaimOf(claim.Generation)) is var kept && !kept.StartsWith(claim.Token, StringComparison.Ordinal))
        {
            throw StoreSentences.Outclaimed(Address, claim, $"the folder was replaced, and its life {claim.Generation} is another");
        }
    }

    private async Task<T> Do<T>(string what, Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using CancellationTokenSource abandoned = new();
        CancellationToken token = abandoned.Token;
        try
        {
            return await Task.Run(() => work(token), cancellation).WaitAsync(_options.SlowAfter, _options.Time, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            throw;
        }
        catch (TimeoutException error)
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            throw new CheckpointStoreException(
                StoreTrouble.Slow,
                $"{Address}: {what} takes longer than {_options.SlowAfter.TotalSeconds:0} s; the disk is overloaded or hangs. " +
                "Look at it, or name another folder.",
                error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException || (error is IOException and not CheckpointStoreException))
        {
            throw FileTrouble.Of(Address, what, _root, error);
        }
    }
}
