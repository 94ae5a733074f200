using System.Security.Cryptography;
using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>A set of two small files, and a fetch of it that remembers what it said.</summary>
internal sealed class FetchedSet : IDisposable
{
    public static readonly byte[] Images = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i))];
    public static readonly byte[] Labels = [1, 2, 3];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly FetchFile[] Files = [Describe("images", Images), Describe("labels", Labels)];

    /// <summary>What a whole mirror serves.</summary>
    public static IReadOnlyDictionary<string, byte[]> Served { get; } = new Dictionary<string, byte[]>
    {
        ["images.gz"] = TempFolder.Gzip(Images),
        ["labels.gz"] = TempFolder.Gzip(Labels),
    };

    public TempFolder Folder { get; } = new();

    public HttpClient Http { get; } = new();

    public List<string> Said { get; } = [];

    /// <summary>Names in the folder of the set, ordinal.</summary>
    public string[] Entries =>
        [.. Directory.GetFileSystemEntries(Folder["set"]).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    /// <summary>What a mirror serves when one file is another.</summary>
    public static IReadOnlyDictionary<string, byte[]> ServedBut(string name, byte[] bytes) =>
        new Dictionary<string, byte[]>(Served) { [name] = bytes };

    /// <summary>A mirror that is patient unless told otherwise, so that a busy machine does not fail a test.</summary>
    public MirrorOrigin Mirror(MirrorServer server, TimeSpan? answerTimeMax = null, TimeSpan? silenceMax = null) =>
        new(server.Address, Http, answerTimeMax ?? Patience, silenceMax ?? Patience);

    public Task<FetchReport> FetchAsync(params IFetchOrigin[] origins) => FetchAsync(CancellationToken.None, origins);

    public Task<FetchReport> FetchAsync(CancellationToken cancellation, params IFetchOrigin[] origins) =>
        DataFetcher.FetchAsync(
            new("set", Files, origins, "place images and labels there."), Folder.Path, Said.Add, cancellation);

    public void Dispose()
    {
        Http.Dispose();
        Folder.Dispose();
    }

    private static FetchFile Describe(string name, byte[] bytes) =>
        new(name, bytes.Length, Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes)));
}
