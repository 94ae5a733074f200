using OrleansSgd.Data.Cifar10;
using OrleansSgd.Data.Idx;

namespace OrleansSgd.Data.Fetch;

/// <summary>What makes one public data set whole, and where it may come from.</summary>
/// <param name="Name">Folder under the data folder, and the word after <c>data fetch</c>.</param>
/// <param name="Files">Every file of the set.</param>
/// <param name="Origins">Tried in this order until one brings every file.</param>
/// <param name="ByHand">How to place the files without a network: a sentence.</param>
/// <remarks>A new set is a new recipe; a set that must be converted brings an <see cref="ITarContents"/> of its own that converts.</remarks>
internal sealed record FetchRecipe(
    string Name, IReadOnlyList<FetchFile> Files, IReadOnlyList<IFetchOrigin> Origins, string ByHand)
{
    /// <summary>The recipe of a set that <see cref="PublicSet.All"/> lists.</summary>
    public static FetchRecipe Of(PublicSet set, HttpClient http) => set.Name switch
    {
        MnistFiles.Folder => MnistRecipe.Create(http),
        Cifar10Files.Folder => Cifar10Recipe.Create(http),
        MobyDickRecipe.Folder => MobyDickRecipe.Create(),
        _ => throw new ArgumentException($"There is no recipe for {set.Name}.", nameof(set)),
    };
}

/// <summary>One file of a set as it lies on disk, uncompressed.</summary>
/// <param name="Name">Plain file name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Md5">32 hex digits, as its publishers state it: guards against damage, not against malice.</param>
internal sealed record FetchFile(string Name, long Size, string Md5);

/// <summary>One place a data set can come from.</summary>
internal interface IFetchOrigin
{
    /// <summary>As it is shown: a host or a package.</summary>
    string Name { get; }

    /// <summary>Writes the files into <paramref name="staging"/>; what it leaves there is checked by the caller.</summary>
    /// <exception cref="FetchFailedException">The origin does not answer or lacks a file; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation);
}

/// <summary>An origin could not bring its files. Never leaves the fetcher: it becomes a line of the report.</summary>
internal sealed class FetchFailedException(string message, Exception? cause = null) : Exception(message, cause);
