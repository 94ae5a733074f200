using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Tests.Idx;

public class IdxSetsTests
{
    private static readonly DataPlan Plan = new() { Kind = "idx", Path = "x", LabelPath = "y" };

    [Fact]
    public void Images_of_floats_are_read_as_they_are_or_normalised()
    {
        using var folder = new TempFolder();
        folder.Bytes("x", IdxBytes.Floats([2, 2], 1, 3, 5, 7)).Bytes("y", IdxBytes.Labels(0, 2));

        ISampleSource plain = DataCatalog.Open(Plan, folder.Path).Train;
        ISampleSource normalised = DataCatalog.Open(Plan with { Normalise = true }, folder.Path).Train;

        Assert.Equal([1, 3, 5, 7], Samples.Dense(plain, 0, 1));
        Assert.Equal(3, plain.ClassCount);
        float step = (float)(2 / Math.Sqrt(5));
        Assert.Equal([-1.5f * step, -0.5f * step, 0.5f * step, 1.5f * step], Samples.Dense(normalised, 0, 1), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void The_shape_of_a_sample_follows_the_rank_and_passes_through_a_split()
    {
        using var folder = new TempFolder();
        folder.Bytes("y", IdxBytes.Labels(0, 1));

        Assert.Equal([4], ShapeOf([2, 4]));
        Assert.Equal([1, 2, 2], ShapeOf([2, 2, 2]));
        Assert.Equal([2, 1, 2], ShapeOf([2, 2, 1, 2]));

        IReadOnlyList<int> ShapeOf(int[] extents)
        {
            folder.Bytes("x", IdxBytes.Make(0x08, extents, 1, 2, 3, 4, 5, 6, 7, 8));
            DataSets whole = DataCatalog.Open(Plan, folder.Path);
            DataSets split = DataCatalog.Open(Plan with { TestShare = 0.5 }, folder.Path);
            Assert.Equal(whole.Train.Shape, split.Test!.Shape);
            return whole.Train.Shape;
        }
    }

    [Fact]
    public void A_split_shares_out_every_row_once()
    {
        using var folder = new TempFolder();
        folder.Bytes("x", IdxBytes.Make(0x08, [10, 1], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)).Bytes("y", IdxBytes.Labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));

        DataSets sets = DataCatalog.Open(Plan with { TestShare = 0.3, Seed = 5 }, folder.Path);

        Assert.Equal((7, 3), (sets.Train.Count, sets.Test!.Count));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(label => (float)label),
            Samples.Labels(sets.Train).Concat(Samples.Labels(sets.Test)).Order());
        Assert.Equal(10, sets.Train.ClassCount);
        Assert.Equal(Samples.Labels(sets.Test).Select(label => label * (1f / 255)), Samples.Dense(sets.Test, 0, 1, 2));
    }

    [Fact]
    public void Exchanged_paths_are_recognised()
    {
        using var folder = new TempFolder();
        folder.Bytes("x", IdxBytes.Make(0x08, [1, 1], 0)).Bytes("y", IdxBytes.Labels(0));

        var error = Assert.Throws<InvalidDataException>(
            () => DataCatalog.Open(Plan with { Path = "y", LabelPath = "x" }, folder.Path));

        Assert.EndsWith("Are path and labelPath exchanged?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_and_test_of_different_shapes_are_refused()
    {
        using var folder = new TempFolder();
        folder.Bytes("x", IdxBytes.Make(0x08, [1, 2], 0, 0)).Bytes("y", IdxBytes.Labels(0)).Bytes("z", IdxBytes.Make(0x08, [1, 1], 0));

        var error = Assert.Throws<InvalidDataException>(
            () => DataCatalog.Open(Plan with { TestPath = "z", TestLabelPath = "y" }, folder.Path));

        Assert.EndsWith("Train and test must be alike.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_named()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["x"]);

        var error = Assert.Throws<FileNotFoundException>(() => DataCatalog.Open(Plan, folder.Path));

        Assert.StartsWith($"Data file {folder["x"]} is a folder.", error.Message, StringComparison.Ordinal);
    }
}
