using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Client.Verbs;

/// <summary>Fetches a public set and turns what may go wrong into a failure.</summary>
internal static class SetFetch
{
    // A mirror that says nothing for so long is taken for dead; the next one is asked.
    private static readonly TimeSpan MirrorPatience = TimeSpan.FromSeconds(100);

    /// <returns>The report of a complete fetch, or why it is not complete.</returns>
    public static async Task<(FetchReport? Report, Failure? Failure)> RunAsync(
        PublicSet set, string dataFolder, Action<string> say, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient { Timeout = MirrorPatience };
            FetchReport report = await DataFetcher.FetchAsync(set, dataFolder, say, http, cancellation);
            return report.IsComplete
                ? (report, null)
                : (null, new Failure(
                    ExitCodes.RunFailed,
                    $"{set.Title} could not be fetched into {report.Folder}: {string.Join(' ', report.Tried.Select(Sentence))}",
                    $"Check the network and that npm works, or place the files yourself. {report.ByHand}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, new Failure(
                ExitCodes.BadInput,
                $"The data folder {dataFolder} cannot be written: {error.Message}",
                "Name another with --data."));
        }
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
