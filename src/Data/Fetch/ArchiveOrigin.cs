namespace OrleansSgd.Data.Fetch;

/// <summary>One <c>.tar.gz</c> on the web with everything in it.</summary>
/// <param name="archive">Its address.</param>
/// <param name="contents">How the files lie in it.</param>
/// <param name="http">Stays open.</param>
/// <param name="answerTimeMax">See <see cref="Download"/>.</param>
/// <param name="silenceMax">See <see cref="Download"/>.</param>
internal sealed class ArchiveOrigin(
    Uri archive, ITarContents contents, HttpClient http, TimeSpan? answerTimeMax = null, TimeSpan? silenceMax = null) : IFetchOrigin
{
    public string Name => archive.Authority;

    public async Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation)
    {
        await using Download download = await Download.BeginAsync(http, archive, answerTimeMax, silenceMax, cancellation);
        await contents.UnpackAsync(download, files, staging, cancellation);
    }
}
