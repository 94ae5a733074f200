using OrleansSgd.Data.Cifar10;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests.Cifar10;

public class Cifar10SetsTests
{
    private const int PerFile = 3;

    private static readonly DataPlan Plan = new() { Kind = "cifar10" };

    [Fact]
    public void Known_bytes_come_out_plane_by_plane_in_the_order_of_the_files()
    {
        using TempFolder folder = Cifar10Bytes.Folder(3, 9, 0);

        DataSets sets = Cifar10Sets.Open(folder.Path, Plan, PerFile);

        Assert.Equal((15, 3072, 10, 3), (sets.Train.Count, sets.Train.FeatureCount, sets.Train.ClassCount, sets.Test!.Count));
        Assert.Equal([3, 32, 32], sets.Train.Shape);
        Assert.Equal("horse", sets.ClassNames![7]);
        Assert.Equal([3, 9, 0, 3, 9, 0], Samples.Labels(sets.Train)[..6]);
        float[] row = Samples.Dense(sets.Train, (4 * PerFile) + 2);
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => Cifar10Bytes.Pixel(4, 2, i) * (1f / 255)), row);
        Assert.Equal(Cifar10Bytes.Pixel(9, 1, 2050) * (1f / 255), Samples.Dense(sets.Test, 1)[2050]);
    }

    [Fact]
    public void Normalised_colours_have_mean_0_and_deviation_1_each_over_the_training_images_used()
    {
        using TempFolder folder = Cifar10Bytes.Folder(1, 2, 3);

        DataSets sets = Cifar10Sets.Open(folder.Path, Plan with { Normalise = true, Limit = 4 }, PerFile);

        float[] pixels = Samples.Dense(sets.Train, Samples.All(sets.Train));
        Assert.Equal(4, sets.Train.Count);
        for (int plane = 0; plane < 3; plane++)
        {
            double[] colour = [.. pixels.Where((_, i) => i / 1024 % 3 == plane).Select(value => (double)value)];
            double mean = colour.Average();
            Assert.InRange(mean, -1e-5, 1e-5);
            Assert.InRange(colour.Average(value => value * value) - (mean * mean), 1 - 1e-5, 1 + 1e-5);
        }

        // The colours differ, so one pair for all of them would have failed above.
        float[] plain = Samples.Dense(Cifar10Sets.Open(folder.Path, Plan, PerFile).Train, 0, 1, 2, 3);
        Assert.NotEqual(plain.Where((_, i) => i / 1024 % 3 == 0).Average(), plain.Where((_, i) => i / 1024 % 3 == 2).Average(), 1e-4);
    }

    [Fact]
    public void A_limit_reads_no_file_that_it_has_no_use_for()
    {
        using TempFolder folder = Cifar10Bytes.Folder(1, 2, 3);
        File.Delete(folder["cifar10/data_batch_3.bin"]);

        Assert.Equal((6, 2), Counts(Plan with { Limit = 6, TestLimit = 2 }));
        var error = Assert.Throws<FileNotFoundException>(() => Counts(Plan with { Limit = 7 }));
        Assert.Equal(
            $"Data file {folder["cifar10/data_batch_3.bin"]} does not exist. Bring it with: grid data fetch cifar10", error.Message);

        (int, int) Counts(DataPlan plan)
        {
            DataSets sets = Cifar10Sets.Open(folder.Path, plan, PerFile);
            return (sets.Train.Count, sets.Test!.Count);
        }
    }

    [Fact]
    public void Gzip_files_are_read_too()
    {
        using TempFolder folder = Cifar10Bytes.Folder(5, 6, 7);
        folder.Bytes("cifar10/test_batch.bin.gz", TempFolder.Gzip(Cifar10Bytes.Make(9, 5, 6, 7)));
        File.Delete(folder["cifar10/test_batch.bin"]);

        Assert.Equal([5, 6, 7], Samples.Labels(Cifar10Sets.Open(folder.Path, Plan, PerFile).Test!));
    }

    [Theory]
    [InlineData(-1, "ends at byte 9218, but 3 records of 3073 bytes are 9219.")]
    [InlineData(-3073, "ends at byte 6146, but 3 records of 3073 bytes are 9219.")]
    [InlineData(1, "has bytes after byte 9219, where 3 records of 3073 bytes end.")]
    public void A_file_of_another_size_is_named_with_its_size_and_the_remedy(int change, string expected)
    {
        using TempFolder folder = Cifar10Bytes.Folder(1, 2, 3);
        byte[] file = Cifar10Bytes.Make(1, 1, 2, 3);
        Array.Resize(ref file, file.Length + change);
        folder.Bytes("cifar10/data_batch_2.bin", file);

        var error = Assert.Throws<InvalidDataException>(() => Cifar10Sets.Open(folder.Path, Plan, PerFile));

        Assert.Equal(
            $"{folder["cifar10/data_batch_2.bin"]} {expected} Bring a whole copy: remove the file, then grid data fetch cifar10", error.Message);
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused() =>
        DecoderTrial.Run(
            [Cifar10Bytes.Make(1, 7)], _ => { },
            bytes => Cifar10Reader.Read(new MemoryStream(bytes), "f", 1, new byte[Cifar10Reader.PixelCount], new byte[1]), seed: 20_005);

    [Fact]
    public void A_label_above_9_is_refused_with_its_place()
    {
        using TempFolder folder = Cifar10Bytes.Folder(1, 2, 3);
        folder.Bytes("cifar10/test_batch.bin", Cifar10Bytes.Make(9, 1, 10, 3));

        var error = Assert.Throws<InvalidDataException>(() => Cifar10Sets.Open(folder.Path, Plan, PerFile));

        Assert.StartsWith(
            $"{folder["cifar10/test_batch.bin"]} has label 10 at byte 3073 (record 1); a label is 0 to 9.", error.Message, StringComparison.Ordinal);
    }
}
