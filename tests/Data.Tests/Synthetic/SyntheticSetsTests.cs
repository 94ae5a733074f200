using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Tests.Synthetic;

public class SyntheticSetsTests
{
    private static readonly DataPlan Sparse = new() { Kind = "synthetic", Shape = "sparse-logistic", SampleCount = 2000 };

    private static readonly DataPlan Mixture = new() { Kind = "synthetic", Shape = "gaussian-mixture", SampleCount = 1000 };

    [Theory]
    [InlineData("least-squares")]
    [InlineData("sparse-logistic")]
    [InlineData("gaussian-mixture")]
    public void The_seed_alone_decides_the_samples_and_more_test_samples_leave_them_alone(string shape)
    {
        var plan = new DataPlan { Kind = "synthetic", Shape = shape, SampleCount = 100, FeatureCount = 30, EntriesPerRow = shape == "sparse-logistic" ? 5 : null };
        float[] first = Everything(plan with { Seed = 4 });

        Assert.Equal(first, Everything(plan with { Seed = 4, TestSampleCount = 3 }));
        Assert.NotEqual(first, Everything(plan with { Seed = 5 }));
    }

    [Fact]
    public void Sparse_rows_are_shaped_like_rcv1()
    {
        DataSets sets = DataCatalog.Open(Sparse, ".");
        SampleBatch batch = Samples.Read(sets.Train, Samples.All(sets.Train));

        Assert.Equal((47_236, 2, true, 400), (sets.Train.FeatureCount, sets.Train.ClassCount, sets.Train.IsSparse, sets.Test!.Count));
        // Lengths are even over 37 to 111: the mean of 2000 deviates by 0.5.
        Assert.Equal(74, batch.Indices.Length / 2000.0, 2.5);
        for (int i = 0; i < batch.Count; i++)
        {
            int[] row = batch.Indices[batch.RowStarts[i]..batch.RowStarts[i + 1]].ToArray();
            Assert.Equal(row.Distinct().Order(), row);
            double squares = batch.Values[batch.RowStarts[i]..batch.RowStarts[i + 1]].ToArray().Sum(value => (double)value * value);
            Assert.Equal(1, squares, 1e-6);
        }
    }

    [Fact]
    public void Common_features_are_common_and_lie_everywhere()
    {
        ISampleSource train = DataCatalog.Open(Sparse, ".").Train;
        SampleBatch batch = Samples.Read(train, Samples.All(train));
        int[] counts = new int[train.FeatureCount];
        foreach (int index in batch.Indices)
        {
            counts[index]++;
        }

        int[] byCount = [.. Enumerable.Range(0, counts.Length).OrderByDescending(index => counts[index])];
        Assert.True(byCount.Take(100).Sum(index => counts[index]) > batch.Indices.Length / 4, "The 100 most common features have less than a quarter of the entries.");
        // Four shards: each holds its part of the common features, give or take.
        int[] perShard = [.. Enumerable.Range(0, 4).Select(shard => byCount.Take(400).Count(index => index * 4L / counts.Length == shard))];
        Assert.All(perShard, count => Assert.InRange(count, 50, 150));
    }

    [Fact]
    public void Both_classes_occur_and_a_row_as_wide_as_allowed_ends()
    {
        float[] labels = Samples.Labels(DataCatalog.Open(Sparse, ".").Train);
        Assert.InRange(labels.Average(), 0.25f, 0.75f);

        ISampleSource dense = DataCatalog.Open(Sparse with { FeatureCount = 8, EntriesPerRow = 2 }, ".").Train;
        Assert.Equal(2000, dense.Count);
    }

    [Fact]
    public void Mixture_samples_lie_near_the_centre_of_their_class()
    {
        ISampleSource train = DataCatalog.Open(Mixture with { Noise = 0, ClassCount = 3, Separation = 2 }, ".").Train;
        float[] rows = Samples.Dense(train, 0, 1, 2, 3);

        Assert.Equal([0, 1, 2, 0], Samples.Labels(train)[..4]);
        Assert.Equal(rows[..20], rows[60..]);
        Assert.Equal(2, Math.Sqrt(rows[..20].Sum(value => (double)value * value)), 1e-5);

        // 1000 × 20 draws of deviation 3: their mean square is 9 within 1 %, so four of them.
        ISampleSource noisy = DataCatalog.Open(Mixture with { Noise = 3, Separation = 1e-6 }, ".").Train;
        Assert.Equal(9, Samples.Dense(noisy, Samples.All(noisy)).Average(value => (double)value * value), 0.36);
    }

    private static float[] Everything(DataPlan plan)
    {
        ISampleSource train = DataCatalog.Open(plan, ".").Train;
        return [.. Samples.Dense(train, Samples.All(train)), .. Samples.Labels(train)];
    }
}
