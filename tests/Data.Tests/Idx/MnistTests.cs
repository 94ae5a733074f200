using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Tests.Idx;

/// <summary>The real digits of the fixtures, through the catalog.</summary>
public class MnistTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures");

    [Fact]
    public void Real_digits_come_with_their_labels_and_shape()
    {
        DataSets sets = DataCatalog.Open(new() { Kind = "mnist" }, Fixtures);

        Assert.Equal((20, 784, 10, false), (sets.Train.Count, sets.Train.FeatureCount, sets.Train.ClassCount, sets.Train.IsSparse));
        Assert.Equal([1, 28, 28], sets.Train.Shape);
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5, 3, 6, 1, 7, 2, 8, 6, 9], Samples.Labels(sets.Train));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], Samples.Labels(sets.Test!));
        float[] pixels = Samples.Dense(sets.Train, Samples.All(sets.Train));
        Assert.Equal(1, pixels.Max());
        Assert.Equal(461292, Math.Round(pixels.Sum(pixel => (double)pixel) * 255));
    }

    [Fact]
    public void Gzip_files_give_the_same_bits_as_plain_ones()
    {
        using var folder = new TempFolder();
        foreach (string file in Directory.GetFiles(Path.Combine(Fixtures, "mnist")))
        {
            folder.Bytes($"mnist/{Path.GetFileName(file)}.gz", TempFolder.Gzip(File.ReadAllBytes(file)));
        }

        ISampleSource plain = DataCatalog.Open(new() { Kind = "mnist" }, Fixtures).Train;
        ISampleSource zipped = DataCatalog.Open(new() { Kind = "mnist" }, folder.Path).Train;

        Assert.Equal(Samples.Dense(plain, Samples.All(plain)), Samples.Dense(zipped, Samples.All(zipped)));
    }

    [Fact]
    public void Normalised_pixels_have_mean_0_and_deviation_1_over_the_training_rows_used()
    {
        DataSets sets = DataCatalog.Open(new() { Kind = "mnist", Normalise = true, Limit = 15 }, Fixtures);

        float[] pixels = Samples.Dense(sets.Train, Samples.All(sets.Train));
        double mean = pixels.Average(pixel => (double)pixel);
        double variance = pixels.Average(pixel => (double)pixel * pixel) - mean * mean;
        Assert.Equal(15, sets.Train.Count);
        // 24-bit mantissas of values below 4: about 2e-7 a pixel.
        Assert.InRange(mean, -1e-6, 1e-6);
        Assert.InRange(variance, 1 - 1e-6, 1 + 1e-6);
        Assert.NotEqual(0, Samples.Dense(sets.Test!, Samples.All(sets.Test!)).Average(), 1e-3);
    }

    [Fact]
    public void Missing_files_say_how_to_fetch_them()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<FileNotFoundException>(() => DataCatalog.Open(new() { Kind = "mnist" }, folder.Path));

        Assert.Equal(
            $"Data file {folder["mnist/train-images-idx3-ubyte"]} does not exist. Bring it with: grid data fetch mnist",
            error.Message);
    }

    [Fact]
    public void A_gzip_file_cut_short_is_named()
    {
        using var folder = new TempFolder();
        byte[] zipped = TempFolder.Gzip(File.ReadAllBytes(Path.Combine(Fixtures, "mnist", "train-images-idx3-ubyte")));
        folder.Bytes("mnist/train-images-idx3-ubyte.gz", zipped[..^100]);

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(new() { Kind = "mnist" }, folder.Path));

        Assert.Contains("train-images-idx3-ubyte.gz is damaged: its gzip data breaks off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_above_9_is_refused_with_its_row()
    {
        using var folder = new TempFolder();
        Copy(folder);
        byte[] labels = File.ReadAllBytes(folder["mnist/t10k-labels-idx1-ubyte"]);
        labels[8 + 3] = 10;
        folder.Bytes("mnist/t10k-labels-idx1-ubyte", labels);

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(new() { Kind = "mnist" }, folder.Path));

        Assert.Equal(
            $"{folder["mnist/t10k-labels-idx1-ubyte"]} has label 10 at byte 11 (row 3); with 10 classes a label is 0 to 9. " +
            "The file is damaged, or classCount is too small.",
            error.Message);
    }

    [Fact]
    public void Images_and_labels_of_different_sets_are_refused()
    {
        using var folder = new TempFolder();
        Copy(folder);
        File.Copy(folder["mnist/t10k-labels-idx1-ubyte"], folder["mnist/train-labels-idx1-ubyte"], overwrite: true);

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(new() { Kind = "mnist" }, folder.Path));

        Assert.EndsWith("has 10 labels. The files are not of one set.", error.Message, StringComparison.Ordinal);
    }

    private static void Copy(TempFolder folder)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Fixtures, "mnist")))
        {
            folder.Bytes($"mnist/{Path.GetFileName(file)}", File.ReadAllBytes(file));
        }
    }
}
