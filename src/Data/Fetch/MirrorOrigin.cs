using System.IO.Compression;

namespace OrleansSgd.Data.Fetch;

/// <summary>A web folder that has each file as <c>name.gz</c>.</summary>
/// <param name="folder">Ends with a slash.</param>
/// <param name="http">Stays open.</param>
/// <param name="answerTimeMax">See <see cref="Download"/>.</param>
/// <param name="silenceMax">See <see cref="Download"/>.</param>
internal sealed class MirrorOrigin(
    Uri folder, HttpClient http, TimeSpan? answerTimeMax = null, TimeSpan? silenceMax = null) : IFetchOrigin
{
    public string Name => folder.Authority;

    public async Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation)
    {
        foreach (FetchFile file in files)
        {
            await BringAsync(file, Path.Combine(staging, file.Name), cancellation);
        }
    }

    private async Task BringAsync(FetchFile file, string target, CancellationToken cancellation)
    {
        var address = new Uri(folder, file.Name + ".gz");
        await using Download download = await Download.BeginAsync(http, address, answerTimeMax, silenceMax, cancellation);
        await using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        try
        {
            await CopyAsync(download, output, file, cancellation);
        }
        catch (InvalidDataException error)
        {
            throw new FetchFailedException($"{file.Name}.gz: {error.Message}", error);
        }
    }

    private static async Task CopyAsync(Download download, FileStream output, FetchFile file, CancellationToken cancellation)
    {
        await using var plain = new GZipStream(download, CompressionMode.Decompress);
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        int read;
        while ((read = await plain.ReadAsync(buffer, cancellation)) > 0)
        {
            size += read;
            if (size > file.Size)
            {
                throw new FetchFailedException($"{file.Name}.gz: holds more than the {file.Size} bytes expected.");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }
}
