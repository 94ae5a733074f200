using OrleansSgd.Core.Schedules;

namespace OrleansSgd.Core.Tests.Schedules;

public class SchedulePlanTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(7.25, 0.5)]
    public void Constant_never_changes(double epoch, double expected) =>
        Assert.Equal(expected, new SchedulePlan("constant", 0.5).RateAt(epoch, 10));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.99, 1)]
    [InlineData(2, 0.5)]
    [InlineData(4.5, 0.25)]
    public void Steps_multiply_at_each_milestone(double epoch, double expected) =>
        Assert.Equal(expected, new SchedulePlan("steps", 1, [2, 4.5], 0.5).RateAt(epoch, 6));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 0.6)]
    [InlineData(10, 0.2)]
    [InlineData(12, 0.2)]
    public void Cosine_falls_from_the_rate_to_the_least_and_stays(double epoch, double expected) =>
        Assert.Equal(expected, new SchedulePlan("cosine", 1, RateMin: 0.2).RateAt(epoch, 10), 1e-15);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 0.5)]
    [InlineData(15, 0.25)]
    public void Inverse_square_root_halves_when_one_plus_epochs_quadruples(double epoch, double expected) =>
        Assert.Equal(expected, new SchedulePlan("inverse-sqrt", 1).RateAt(epoch, 20));

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0.55)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public void Warm_up_rises_from_a_tenth_to_the_whole_rate(double epoch, double expected) =>
        Assert.Equal(expected, new SchedulePlan(Rate: 1, WarmUpEpochs: 2).RateAt(epoch, 10), 1e-15);

    [Fact]
    public void Warm_up_multiplies_any_kind()
    {
        SchedulePlan plan = new("inverse-sqrt", 1, WarmUpEpochs: 6);

        Assert.Equal(0.5 * (1 + (9 * 0.5)) / 10, plan.RateAt(3, 10), 1e-15);
    }

    [Fact]
    public void Rate_is_above_zero_until_the_run_ends()
    {
        foreach (string kind in new[] { "constant", "steps", "cosine", "inverse-sqrt" })
        {
            SchedulePlan plan = new(kind, 0.1, kind == "steps" ? [1, 2] : null, WarmUpEpochs: 0.5);
            Assert.Empty(plan.Mistakes("schedule"));
            for (int step = 0; step < 3000; step++)
            {
                Assert.InRange(plan.RateAt(step / 1000.0, 3), double.Epsilon, 0.1);
            }
        }
    }

    [Fact]
    public void Every_mistake_is_told_with_key_value_and_remedy()
    {
        Assert.Equal(
            ["schedule.kind is 'step'; use constant, steps, cosine or inverse-sqrt.",
             "schedule.rate is 0; use a finite number above 0.",
             "schedule.warmUpEpochs is -1; use 0 or more."],
            new SchedulePlan("step", 0, WarmUpEpochs: -1).Mistakes("schedule"));
        Assert.Equal(
            ["schedule.rateMin is 2; use 0 up to the rate, 1."], new SchedulePlan("cosine", 1, RateMin: 2).Mistakes("schedule"));
        Assert.Equal(
            ["schedule.factor is 1; use a number above 0 and below 1.",
             "schedule.milestones[1] is 2; use ascending epochs above 2."],
            new SchedulePlan("steps", 1, [2, 2], 1).Mistakes("schedule"));
        Assert.Equal(
            ["schedule.kind is steps without milestones; give schedule.milestones, such as [10, 15]."],
            new SchedulePlan("steps").Mistakes("schedule"));
        Assert.Equal(
            ["schedule.milestones are given but schedule.kind is cosine; remove them or use steps."],
            new SchedulePlan("cosine", Milestones: [1]).Mistakes("schedule"));
        Assert.Single(new SchedulePlan(Rate: double.NaN).Mistakes("schedule"));
    }

    [Fact]
    public void Progress_that_cannot_be_is_a_bug_of_the_caller()
    {
        SchedulePlan plan = new();

        Assert.Throws<ArgumentOutOfRangeException>(() => plan.RateAt(-1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.RateAt(double.NaN, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.RateAt(1, 0));
        Assert.Throws<InvalidOperationException>(() => new SchedulePlan("no such").RateAt(0, 1));
    }
}
