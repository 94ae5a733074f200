using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: the worker computes where it would be if what is missing had come, and the record says how far it went.</summary>
public sealed class MissingUpdatesTests : IDisposable
{
    private const int SlotCount = 4;

    private readonly TinySamples _samples = new(200, 4, 0);
    private readonly ShardMap _map = new(5, 2);
    private readonly RunPlan _plan = new() { Mode = RunPlan.VarianceBounded, Batch = 64, Shards = 2 };
    private readonly WorkerView _view;
    private readonly GradientStep _step;
    private readonly float[] _own = [1, 1, 2, 2, 2];

    public MissingUpdatesTests()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, _samples);
        _step = new GradientStep(_plan, model, _samples, _map, TimeProvider.System, smoothnessIsKnown: true);
        _view = Steps.View(_map, [10, 10, 10, 10, 10]);
    }

    [Fact]
    public void Own_update_stands_in_for_each_that_is_missing()
    {
        var missing = new MissingUpdates(_plan with { Substitute = "own" }, _map);
        missing.Remember(_own, 0.5f);

        Assert.Equal([10f, 10f, 8f, 8f, 8f], Point(missing, 0, 2));
        Assert.Equal(0, _step.Record.Slices[0].SubstituteNormSquared);
        Assert.Equal(12, _step.Record.Slices[1].SubstituteNormSquared, 9); // ‖(2, 2, 2)‖²
    }

    [Fact]
    public void Mean_of_what_came_since_the_last_view_stands_in()
    {
        var missing = new MissingUpdates(_plan with { Substitute = "mean" }, _map);
        Assert.Equal([10f, 10f, 10f, 10f, 10f], Point(missing, 1, 1)); // nothing came yet

        Steps.Apply(_view, _map, [8, 10, 6, 6, 10], version: 2); // two updates, each (1, 0 | 2, 2, 0) on average
        Assert.Equal([7f, 10f, 0f, 0f, 10f], Point(missing, 1, 3));

        Assert.Equal(1, _step.Record.Slices[0].SubstituteNormSquared, 9);
        Assert.Equal(72, _step.Record.Slices[1].SubstituteNormSquared, 9); // ‖3·(2, 2, 0)‖²
    }

    [Fact]
    public void Slice_of_a_new_life_says_nothing_about_updates()
    {
        var missing = new MissingUpdates(_plan with { Substitute = "mean" }, _map);
        Point(missing, 0, 0);

        Steps.Apply(_view, _map, [8, 10, 6, 6, 10], version: 2, incarnation: 2);

        Assert.Equal([8f, 10f, 6f, 6f, 10f], Point(missing, 1, 1));
    }

    [Fact]
    public void Nothing_stands_in_when_nothing_is_missing_or_the_plan_says_so()
    {
        var missing = new MissingUpdates(_plan with { Substitute = "own" }, _map);
        missing.Remember(_own, 0.5f);
        Assert.Equal([10f, 10f, 10f, 10f, 10f], Point(missing, 0, 0));

        var none = new MissingUpdates(_plan with { Substitute = "none" }, _map);
        none.Remember(_own, 0.5f);
        Assert.Equal([10f, 10f, 10f, 10f, 10f], Point(none, 2, 2));
    }

    [Fact]
    public void Auto_stands_in_only_once_the_gradient_is_known_to_stand_out_of_the_noise()
    {
        var missing = new MissingUpdates(_plan, _map);
        missing.Remember(_own, 0.5f);
        Assert.True(double.IsNaN(_step.Noise));
        Assert.Equal([10f, 10f, 10f, 10f, 10f], Point(missing, 1, 1)); // no estimates yet

        // Far from the optimum of a least-squares loss the gradient is many times its noise.
        _step.Compute(_view.Parameters, Steps.InRound(0, SlotCount, 0, 64));
        Assert.True(_step.GradientSquared > _step.Noise, $"{_step.GradientSquared} against noise {_step.Noise}");
        Assert.Equal([9.5f, 9.5f, 9f, 9f, 9f], Point(missing, 1, 1));
    }

    [Fact]
    public void No_more_than_the_others_of_a_round_are_stood_in_for()
    {
        var missing = new MissingUpdates(_plan with { Substitute = "own" }, _map);
        missing.Remember(_own, 1);

        Assert.Equal([7f, 7f, 10f, 10f, 10f], Point(missing, 9, 0));
    }

    public void Dispose() => _step.Dispose();

    private float[] Point(MissingUpdates missing, int first, int second)
    {
        _step.Begin(_view);
        return [.. missing.Substituted(_view.Parameters, [first, second], SlotCount, _step)];
    }
}
