using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Core.Tests.Scaling;

/// <summary>Goal: whatever is measured, limits hold. Method: readings of all kinds, most of which no grid would ever give.</summary>
public class AutoscalePolicyLaws
{
    private static readonly Arbitrary<(ScalingPlan Plan, ScalingReading Reading)> Cases =
        (from min in Gen.Choose(1, 20)
         from more in Gen.Choose(0, 30)
         from budget in Gen.Elements(double.PositiveInfinity, 0.01, 0.2, 3, 50)
         from coolDown in Gen.Choose(1, 300)
         from drain in Gen.Choose(1, 3000)
         from gain in Gen.Elements(0, 0.3, 0.5, 1)
         from silos in Gen.Choose(1, 60)
         from left in Gen.Elements(0L, 1, 1000, 1_000_000, long.MaxValue)
         from rate in Gen.Elements(double.NaN, 0, 0.001, 10, 1e5, double.PositiveInfinity)
         from change in Changes
         from worthwhile in Gen.Elements<int?>(null, 1, 5, 40)
         from used in Gen.Elements(0, 0.005, 0.19, 2.9, 49.99, 70)
         select (
             new ScalingPlan
             {
                 SilosMin = min,
                 SilosMax = min + more,
                 SiloHoursMax = budget,
                 CoolDown = TimeSpan.FromSeconds(coolDown),
                 DrainTime = TimeSpan.FromSeconds(drain),
                 GainMin = gain,
             },
             new ScalingReading
             {
                 Now = TimeSpan.FromSeconds(1000),
                 Silos = silos,
                 SamplesLeft = left,
                 SamplesPerSecond = rate,
                 LastChange = change is { } one ? one with { To = one.To == 0 ? silos : one.To } : null,
                 SilosWorthwhile = worthwhile,
                 SiloHoursUsed = used,
             })).ToArbitrary();

    // A change to 0 stands for one to the present number.
    private static Gen<ScalingChange?> Changes =>
        from ago in Gen.Choose(0, 600)
        from kind in Gen.Choose(0, 3)
        from silos in Gen.Choose(1, 60)
        from to in Gen.Elements(0, 0, 7, 30)
        from before in Gen.Elements(double.NaN, 0, 10, 1e5)
        from after in Gen.Elements(double.NaN, 0, 11, 1e5)
        select kind == 0 ? (ScalingChange?)null : new ScalingChange(TimeSpan.FromSeconds(1000 - ago), silos, to, before, after);

    [Fact]
    public void Wanted_count_is_never_outside_its_limits() =>
        Check((plan, _, wanted) => wanted >= plan.SilosMin && wanted <= plan.SilosMax);

    [Fact]
    public void Wanted_count_is_never_above_the_budget() => Check((plan, reading, wanted) =>
        wanted == plan.SilosMin || wanted * Horizon(plan, reading).TotalHours <= (plan.SiloHoursMax - reading.SiloHoursUsed) * (1 + 1e-12));

    [Fact]
    public void Nothing_changes_within_the_cool_down_unless_a_limit_asks_for_it() => Check((plan, reading, wanted) =>
    {
        bool isCooling = reading.LastChange is { } change && reading.Now - change.At < plan.CoolDown;
        double affordable = (plan.SiloHoursMax - reading.SiloHoursUsed) / Horizon(plan, reading).TotalHours;
        bool isWithin = reading.Silos >= plan.SilosMin && reading.Silos <= plan.SilosMax
            && (reading.Silos == plan.SilosMin || reading.Silos <= affordable);
        return !isCooling || !isWithin || wanted == reading.Silos;
    });

    [Fact]
    public void Equal_readings_give_equal_decisions() => Prop.ForAll(Cases, one =>
        AutoscalePolicy.Decide(one.Plan, one.Reading) == AutoscalePolicy.Decide(one.Plan with { }, one.Reading with { })).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_is_added_that_was_found_not_to_pay() => Check((plan, reading, wanted) =>
        reading.SilosWorthwhile is not { } worthwhile || wanted <= Math.Max(worthwhile, Math.Max(plan.SilosMin, reading.Silos)));

    [Fact]
    public void Every_decision_gives_its_reason_as_a_sentence() => Prop.ForAll(Cases, one =>
        AutoscalePolicy.Decide(one.Plan, one.Reading).Reason is [>= 'A' and <= 'Z' or >= '0' and <= '9' or '-', .., '.']).QuickCheckThrowOnFailure();

    [Fact]
    public void The_budget_law_catches_a_policy_that_spends_what_it_has_not() => Assert.ThrowsAny<Exception>(() => Prop.ForAll(
        Cases,
        one => one.Plan.SilosMax * Horizon(one.Plan, one.Reading).TotalHours <= one.Plan.SiloHoursMax - one.Reading.SiloHoursUsed)
        .QuickCheckThrowOnFailure());

    private static TimeSpan Horizon(ScalingPlan plan, ScalingReading reading) =>
        reading.LastChange is { } change && reading.Now - change.At < plan.CoolDown ? plan.CoolDown - (reading.Now - change.At) : plan.CoolDown;

    private static void Check(Func<ScalingPlan, ScalingReading, int, bool> law) => Prop.ForAll(
        Cases, one => law(one.Plan, one.Reading, AutoscalePolicy.Decide(one.Plan, one.Reading).Wanted))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
