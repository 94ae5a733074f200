using System.Security.Cryptography;
using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Fetch;

/// <summary>Brings public data sets onto this machine.</summary>
/// <remarks>
/// Files arrive in a staging folder beside their place, are checked, flushed to the disk, and only then renamed. So a
/// file under its own name is whole, whatever moment the machine died; a second fetch takes up what is missing.
/// </remarks>
public static class DataFetcher
{
    private const string StagingPrefix = ".fetch-";

    // No fetch lasts so long: a staging folder of this age belongs to a process that died.
    private static readonly TimeSpan StagingAgeMax = TimeSpan.FromDays(1);

    /// <summary>Brings a public set into its folder of the data folder.</summary>
    /// <param name="set">One of <see cref="PublicSet.All"/>.</param>
    /// <param name="dataFolder">Made when it does not exist.</param>
    /// <param name="say">Told one line for each thing that happens.</param>
    /// <param name="http">For the public mirrors; stays open.</param>
    /// <param name="cancellation">Ends the fetch; what was checked stays, nothing else does.</param>
    /// <returns>Complete or not; being refused by every origin is an outcome, not an exception.</returns>
    /// <exception cref="IOException">The data folder cannot be written.</exception>
    public static Task<FetchReport> FetchAsync(
        PublicSet set, string dataFolder, Action<string> say, HttpClient http, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        return FetchAsync(FetchRecipe.Of(set, http), dataFolder, say, cancellation);
    }

    internal static async Task<FetchReport> FetchAsync(
        FetchRecipe recipe, string dataFolder, Action<string> say, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(say);
        string folder = Path.Combine(Path.GetFullPath(dataFolder), recipe.Name);
        Directory.CreateDirectory(folder);
        DropOldStaging(folder);
        var missing = new List<FetchFile>();
        foreach (FetchFile file in recipe.Files)
        {
            if (!await IsPlacedAsync(folder, file, say, cancellation))
            {
                missing.Add(file);
            }
        }

        var tried = new List<string>();
        string? origin = null;
        foreach (IFetchOrigin candidate in missing.Count == 0 ? [] : recipe.Origins)
        {
            say($"Fetching {recipe.Name} from {candidate.Name}.");
            string? failure = await TryAsync(candidate, missing, folder, cancellation);
            if (failure is null)
            {
                origin = candidate.Name;
                break;
            }

            tried.Add($"{candidate.Name}: {failure}");
            say($"{candidate.Name}: {failure}");
        }

        var report = new FetchReport(
            missing.Count == 0 || origin is not null,
            folder,
            origin,
            tried,
            recipe.Files.Sum(file => file.Size),
            $"By hand: {recipe.ByHand} Folder: {folder}.");
        if (report.IsComplete)
        {
            say(report.ToString());
        }

        return report;
    }

    private static async Task<string?> TryAsync(
        IFetchOrigin origin, List<FetchFile> missing, string folder, CancellationToken cancellation)
    {
        string staging = Path.Combine(folder, StagingPrefix + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(staging);
        try
        {
            await origin.BringAsync(missing, staging, cancellation);
            foreach (FetchFile file in missing)
            {
                string? wrong = await WrongAsync(Path.Combine(staging, file.Name), file, cancellation);
                if (wrong is not null)
                {
                    return $"{file.Name} {wrong}.";
                }
            }

            foreach (FetchFile file in missing)
            {
                Place(Path.Combine(staging, file.Name), Path.Combine(folder, file.Name));
            }

            return null;
        }
        catch (FetchFailedException failure)
        {
            return failure.Message;
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static void Place(string staged, string target)
    {
        // The bytes reach the disk before the name does; else a power cut could leave a whole name over half a file.
        using (var file = new FileStream(staged, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(staged, target, overwrite: true);
    }

    private static async Task<bool> IsPlacedAsync(
        string folder, FetchFile file, Action<string> say, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, file.Name);
        if (File.Exists(path))
        {
            string? wrong = await WrongAsync(path, file, cancellation);
            if (wrong is not null)
            {
                say($"{path} {wrong}; it will be replaced.");
            }

            return wrong is null;
        }

        string zipped = path + ".gz";
        return File.Exists(zipped) && await WrongAsync(zipped, file, cancellation) is null;
    }

    /// <summary>Why the file is not the one expected; null when it is. Reads through gzip.</summary>
    private static async Task<string?> WrongAsync(string path, FetchFile file, CancellationToken cancellation)
    {
        try
        {
            await using Stream stream = DataFile.OpenRead(path, "");
            string md5 = await Md5OfAsync(stream, file.Size, cancellation);
            return md5.Equals(file.Md5, StringComparison.OrdinalIgnoreCase)
                ? null
                : $"has MD5 {md5}, expected {file.Md5}";
        }
        catch (FileNotFoundException)
        {
            return "did not arrive";
        }
        catch (InvalidDataException error)
        {
            return $"is damaged ({error.Message})";
        }
    }

    // One byte beyond the expected size is enough to be wrong: a gzip bomb is not unrolled.
    private static async Task<string> Md5OfAsync(Stream stream, long sizeMax, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        int read;
        while (size <= sizeMax && (read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            size += read;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void DropOldStaging(string folder)
    {
        foreach (string staging in Directory.EnumerateDirectories(folder, StagingPrefix + "*"))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(staging) > StagingAgeMax)
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }
}
