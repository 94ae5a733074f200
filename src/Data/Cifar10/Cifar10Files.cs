namespace OrleansSgd.Data.Cifar10;

/// <summary>The six files of CIFAR-10 in its binary form and where they lie.</summary>
internal static class Cifar10Files
{
    public const string Folder = "cifar10";
    public const string Test = "test_batch.bin";

    public static IReadOnlyList<string> Train { get; } =
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];

    public static IReadOnlyList<string> Names { get; } = [.. Train, Test];

    /// <summary>The word behind each label, as batches.meta.txt of the set has them.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The plain file, or the gzip file when only that is there.</summary>
    public static string Find(string dataFolder, string name)
    {
        string plain = Path.Combine(dataFolder, Folder, name);
        string zipped = plain + ".gz";
        return !File.Exists(plain) && File.Exists(zipped) ? zipped : plain;
    }
}
