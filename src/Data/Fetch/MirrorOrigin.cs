using System.IO.Compression;

namespace OrleansSgd.Data.Fetch;

/// <summary>A web folder that has each file as <c>name.gz</c>.</summary>
/// <param name="folder">Ends with a slash.</param>
/// <param name="http">Stays open.</param>
/// <param name="answerTimeMax">How long a mirror may take to begin an answer; default 3 s, so that a machine without a network soon goes on.</param>
/// <param name="silenceMax">How long an answer may pause; default 10 s.</param>
internal sealed class MirrorOrigin(
    Uri folder, HttpClient http, TimeSpan? answerTimeMax = null, TimeSpan? silenceMax = null) : IFetchOrigin
{
    private static readonly TimeSpan AnswerTimeMaxDefault = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SilenceMaxDefault = TimeSpan.FromSeconds(10);

    public string Name => folder.Host + (folder.IsDefaultPort ? "" : $":{folder.Port}");

    public async Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation)
    {
        foreach (FetchFile file in files)
        {
            await BringAsync(file, Path.Combine(staging, file.Name), cancellation);
        }
    }

    private async Task BringAsync(FetchFile file, string target, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(answerTimeMax ?? AnswerTimeMaxDefault);
        try
        {
            var address = new Uri(folder, file.Name + ".gz");
            using HttpResponseMessage answer = await http.GetAsync(
                address, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new FetchFailedException($"{file.Name}.gz: HTTP {(int)answer.StatusCode}.");
            }

            await using Stream body = await answer.Content.ReadAsStreamAsync(patience.Token);
            await using var plain = new GZipStream(body, CompressionMode.Decompress);
            await using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            await CopyAsync(plain, output, file, patience);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new FetchFailedException($"{file.Name}.gz: no answer in time.");
        }
        catch (Exception error) when (error is HttpRequestException or InvalidDataException)
        {
            throw new FetchFailedException($"{file.Name}.gz: {error.Message}", error);
        }
    }

    private async Task CopyAsync(Stream plain, FileStream output, FetchFile file, CancellationTokenSource patience)
    {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        while (true)
        {
            patience.CancelAfter(silenceMax ?? SilenceMaxDefault);
            int read = await ReadAsync(plain, buffer, file, patience.Token);
            if (read == 0)
            {
                return;
            }

            size += read;
            if (size > file.Size)
            {
                throw new FetchFailedException($"{file.Name}.gz: holds more than the {file.Size} bytes expected.");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), patience.Token);
        }
    }

    // Only what the network does is the mirror's fault; a full disk is not, and ends the fetch.
    private static async Task<int> ReadAsync(
        Stream plain, byte[] buffer, FetchFile file, CancellationToken cancellation)
    {
        try
        {
            return await plain.ReadAsync(buffer, cancellation);
        }
        catch (IOException error)
        {
            throw new FetchFailedException($"{file.Name}.gz: the answer broke off ({error.Message})", error);
        }
    }
}
