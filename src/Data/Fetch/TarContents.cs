using System.Formats.Tar;
using System.IO.Compression;

namespace OrleansSgd.Data.Fetch;

/// <summary>How the files of a set lie in a <c>.tar.gz</c>, and what has to be done to them.</summary>
internal interface ITarContents
{
    /// <summary>Writes the files into <paramref name="staging"/>; what it leaves there is checked by the caller.</summary>
    /// <param name="tarball">The compressed archive, from its first byte; read once, stays open.</param>
    /// <exception cref="FetchFailedException">The archive is damaged.</exception>
    Task UnpackAsync(Stream tarball, IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation);
}

/// <summary>The files themselves, in one folder of the archive.</summary>
/// <param name="folder">Such as <c>package/data/</c>.</param>
internal sealed class TarFolder(string folder) : ITarContents
{
    public Task UnpackAsync(Stream tarball, IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation) =>
        ExtractAsync(tarball, entry => Target(entry, files, staging), cancellation);

    /// <summary>Writes the entries that somebody wants.</summary>
    /// <param name="target">Where an entry goes; null when nobody wants it. So an entry cannot choose its place.</param>
    /// <exception cref="FetchFailedException">The archive is damaged.</exception>
    public static async Task ExtractAsync(Stream tarball, Func<TarEntry, string?> target, CancellationToken cancellation)
    {
        try
        {
            await using var plain = new GZipStream(tarball, CompressionMode.Decompress, leaveOpen: true);
            await using var tar = new TarReader(plain);
            while (await tar.GetNextEntryAsync(cancellationToken: cancellation) is { } entry)
            {
                if (target(entry) is { } path)
                {
                    await entry.ExtractToFileAsync(path, overwrite: true, cancellation);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new FetchFailedException($"its tarball is damaged: {error.Message}", error);
        }
    }

    private string? Target(TarEntry entry, IReadOnlyList<FetchFile> files, string staging) =>
        files.FirstOrDefault(file => entry.Name == folder + file.Name && entry.Length == file.Size) is { } wanted
            ? Path.Combine(staging, wanted.Name)
            : null;
}
