using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

public class StragglerWatchTests
{
    [Fact]
    public void A_worker_is_slow_once_its_fastest_of_three_steps_takes_three_times_the_median()
    {
        StragglerWatch watch = Watch([1, 1, 10, 1], steps: 2);
        Assert.Empty(watch.Slow);

        Assert.False(watch.StepTaken(0, 1));
        Assert.False(watch.StepTaken(1, 1));
        Assert.True(watch.StepTaken(2, 10));

        Assert.Equal([2], watch.Slow);
        Assert.Equal(10, watch.RatioOf(2));
        Assert.False(watch.StepTaken(2, 10)); // known by now
    }

    [Fact]
    public void One_long_step_makes_nobody_slow()
    {
        StragglerWatch watch = Watch([1, 1, 1], steps: 3);

        Assert.False(watch.StepTaken(1, 1000));
        Assert.False(watch.StepTaken(1, 1000));
        Assert.Empty(watch.Slow);
        Assert.True(watch.StepTaken(1, 1000)); // three are no chance
    }

    [Fact]
    public void A_slow_worker_is_slow_until_it_is_nearly_as_fast_as_the_others()
    {
        StragglerWatch watch = Watch([1, 1, 10], steps: 3);
        watch.StepTaken(2, 2.5);
        Assert.Equal([2], watch.Slow);

        watch.StepTaken(2, 1.5);

        Assert.Empty(watch.Slow);
        Assert.Equal(16, watch.BatchesFor(2, 16));
    }

    [Fact]
    public void Of_two_workers_the_slower_one_is_slow_and_one_alone_never_is()
    {
        Assert.Equal([1], Watch([1, 10], steps: 3).Slow);
        StragglerWatch alone = Watch([5], steps: 3);
        Assert.False(alone.StepTaken(0, 500));
        Assert.Equal(double.NaN, alone.RatioOf(0));
    }

    [Fact]
    public void Another_life_is_not_judged_by_the_last_one()
    {
        StragglerWatch watch = Watch([1, 1, 10], steps: 3);
        watch.Forget(2);

        Assert.Empty(watch.Slow);
        Assert.False(watch.StepTaken(2, 10));
        Assert.Equal(double.NaN, watch.RatioOf(2));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Times_that_say_nothing_change_nothing(double seconds)
    {
        StragglerWatch watch = Watch([1, 1, 10], steps: 3);

        Assert.False(watch.StepTaken(2, seconds));
        Assert.Equal(10, watch.RatioOf(2));
    }

    [Fact]
    public void A_lease_is_never_empty_and_never_longer_than_planned_and_shorter_for_slower_workers() => Prop.ForAll(
        (from planned in Gen.Choose(1, 100)
         from slow in Gen.Choose(1, 100_000)
         from slower in Gen.Choose(1, 100_000)
         select (planned, Math.Min(slow, slower), Math.Max(slow, slower))).ToArbitrary(),
        ((int Planned, int Slow, int Slower) of) =>
        {
            int first = Watch([1, 1, 1, of.Slow / 100.0], steps: 3).BatchesFor(3, of.Planned);
            int second = Watch([1, 1, 1, of.Slower / 100.0], steps: 3).BatchesFor(3, of.Planned);
            return first >= second && second >= 1 && first <= of.Planned;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_workers_are_judged_by_a_median_that_is_seldom_taken()
    {
        double[] seconds = [.. Enumerable.Range(0, 1000).Select(worker => worker % 100 == 7 ? 20.0 : 1 + (worker % 10 * 0.01))];

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (100 * i) + 7), Watch(seconds, steps: 5).Slow);
    }

    private static StragglerWatch Watch(double[] seconds, int steps)
    {
        var watch = new StragglerWatch(seconds.Length);
        for (int step = 0; step < steps; step++)
        {
            for (int worker = 0; worker < seconds.Length; worker++)
            {
                watch.StepTaken(worker, seconds[worker]);
            }
        }

        return watch;
    }
}
