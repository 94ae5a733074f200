namespace OrleansSgd.Data.Idx;

/// <summary>The four files of MNIST and where they lie.</summary>
internal static class MnistFiles
{
    public const string Folder = "mnist";
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";

    public static IReadOnlyList<string> Names { get; } = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>The plain file, or the gzip file when only that is there.</summary>
    public static string Find(string dataFolder, string name)
    {
        string plain = Path.Combine(dataFolder, Folder, name);
        string zipped = plain + ".gz";
        return !File.Exists(plain) && File.Exists(zipped) ? zipped : plain;
    }
}
