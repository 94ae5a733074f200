using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>A measurement is the same whatever was measured before: buffers are used again.</summary>
public class TrainingLossTests
{
    private static readonly TinySamples Samples = new(200, 7, 3);
    private static readonly IModel Model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.Softmax }, Samples);

    [Fact]
    public async Task Second_measurement_is_what_a_first_one_would_be()
    {
        using var pool = new ComputePool(1);
        float[] one = Point(0.1f);
        float[] other = Point(-0.7f);
        using TrainingLoss used = Loss(pool);
        await used.MeasureAsync(one);

        MeasuredLoss second = await used.MeasureAsync(other);

        using TrainingLoss unused = Loss(pool);
        Assert.Equal(await unused.MeasureAsync(other), second);
    }

    [Fact]
    public async Task Two_at_a_time_do_not_disturb_each_other()
    {
        using var pool = new ComputePool(2);
        float[] one = Point(0.1f);
        float[] other = Point(-0.7f);
        using TrainingLoss shared = Loss(pool);

        MeasuredLoss[] together = await Task.WhenAll(shared.MeasureAsync(one), shared.MeasureAsync(other));

        using TrainingLoss alone = Loss(pool);
        Assert.Equal([await alone.MeasureAsync(one), await alone.MeasureAsync(other)], together);
    }

    private static TrainingLoss Loss(ComputePool pool) => new(Model, Samples, pool, batch: 16, sampleCount: 150, seed: 3);

    private static float[] Point(float step) => [.. Enumerable.Range(0, Model.ParameterCount).Select(i => step * (i % 5))];
}
