using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Core.Tests.Scaling;

/// <summary>Goal: every mistake is named with its key, its value and the range.</summary>
public class ScalingPlanTests
{
    public static TheoryData<ScalingPlan, string> Mistaken => new()
    {
        { new ScalingPlan { SilosMin = 0 }, "scaling.silosMin is 0; use 1 to 10000." },
        { new ScalingPlan { SilosMin = 3, SilosMax = 2 }, "scaling.silosMax is 2; use silosMin, 3, to 10000." },
        { new ScalingPlan { SiloHoursMax = 0 }, "scaling.siloHoursMax is 0; use a number above 0, or leave it out for no budget." },
        { new ScalingPlan { CoolDown = TimeSpan.Zero }, "scaling.coolDown is 00:00:00; use 1 s to 1 day." },
        { new ScalingPlan { DrainTime = TimeSpan.Zero }, "scaling.drainTime is 00:00:00; use 1 s to 30 days." },
        { new ScalingPlan { GainMin = 2 }, "scaling.gainMin is 2; use 0 to 1." },
    };

    [Theory]
    [MemberData(nameof(Mistaken))]
    public void A_mistake_is_named(ScalingPlan plan, string mistake) => Assert.Equal([mistake], plan.Mistakes("scaling"));

    [Fact]
    public void Defaults_have_no_mistake() => Assert.Empty(new ScalingPlan().Mistakes("scaling"));

    [Theory]
    [InlineData(2, 4, 200, 400, 1)]
    [InlineData(2, 4, 200, 300, 0.5)]
    [InlineData(2, 3, 200, 200, 0)]
    [InlineData(4, 2, 400, 200, 1)]
    public void Gain_is_what_a_silo_brought_as_a_share_of_those_before(int from, int to, double before, double after, double gain) =>
        Assert.Equal(gain, new ScalingChange(TimeSpan.Zero, from, to, before, after).Gain, 12);
}
