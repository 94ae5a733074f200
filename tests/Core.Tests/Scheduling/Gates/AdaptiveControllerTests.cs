using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class AdaptiveControllerTests
{
    [Fact]
    public void Target_is_where_staleness_costs_its_share_of_the_noise()
    {
        AdaptiveController controller = new(new LeverLimits(4), 0.25);
        controller.Observe(new GapReading(0, Noise: 4, Smoothness: 1, Rate: 0.25));
        Assert.Equal(2, controller.Target, 1e-12);
    }

    [Fact]
    public void Nothing_moves_while_noise_or_smoothness_is_unknown()
    {
        AdaptiveController controller = new(new LeverLimits(4), 0.25);
        Assert.Equal(ControlMove.Unknown, controller.Observe(new GapReading(100, double.NaN, 1, 0.1)));
        Assert.Equal(ControlMove.Unknown, controller.Observe(new GapReading(100, 1, double.NaN, 0.1)));
        Assert.Equal(ControlMove.Unknown, controller.Observe(new GapReading(double.NaN, 1, 1, 0.1)));
        Assert.Equal(Levers.Open(4), controller.Levers);
    }

    [Fact]
    public void Levers_are_tightened_in_order()
    {
        AdaptiveController controller = new(new LeverLimits(8, FractionScaleMax: 2), 0.25);
        List<Levers> seen = [controller.Levers];
        while (controller.Observe(new GapReading(1e6, 1, 1, 0.1)) == ControlMove.Tightened)
        {
            seen.Add(controller.Levers);
        }

        Assert.Equal(new Levers(1, 0, 2, true, 1.0 / 64), seen[^1]);
        Assert.Equal(ControlMove.Exhausted, controller.Observe(new GapReading(1e6, 1, 1, 0.1)));
        int Index(Predicate<Levers> isMoved) => seen.FindIndex(isMoved);
        int[] order =
        [
            Index(levers => levers.ConcurrencyMax == 2),
            Index(levers => levers.StepsAheadMax < Levers.StepsAheadOpen),
            Index(levers => levers.FractionScale > 1),
            Index(levers => levers.IsDelayAdaptive),
            Index(levers => levers.ConcurrencyMax == 1),
            Index(levers => levers.RateScale < 1),
        ];
        Assert.Equal(order.Order(), order);
        Assert.DoesNotContain(-1, order);
    }

    [Fact]
    public void Levers_are_let_go_in_the_reverse_order()
    {
        AdaptiveController controller = new(new LeverLimits(8, FractionScaleMax: 2), 0.25);
        while (controller.Observe(new GapReading(1e6, 1, 1, 0.1)) == ControlMove.Tightened)
        {
        }

        List<Levers> seen = [controller.Levers];
        for (int i = 0; i < 200; i++)
        {
            controller.Observe(new GapReading(0, 1, 1, 0.1));
            seen.Add(controller.Levers);
        }

        Assert.Equal(Levers.Open(8), seen[^1]);
        int Index(Predicate<Levers> isFree) => seen.FindIndex(isFree);
        int[] order =
        [
            Index(levers => levers.RateScale == 1),
            Index(levers => levers.ConcurrencyMax == 2),
            Index(levers => !levers.IsDelayAdaptive),
            Index(levers => levers.FractionScale == 1),
            Index(levers => levers.StepsAheadMax == Levers.StepsAheadOpen),
            Index(levers => levers.ConcurrencyMax == 8),
        ];
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public void Workers_are_not_stopped_for_what_a_codec_holds_back()
    {
        AdaptiveController controller = new(new LeverLimits(8, FractionScaleMax: 64), 0.25);
        AdaptivePlant plant = new(1) { Held = 20, Delay = 0.01 };
        for (int i = 0; i < 100; i++)
        {
            controller.Observe(plant.Read(controller.Levers));
        }

        Assert.True(plant.Distance(controller.Levers) <= controller.Target);
        Assert.Equal(8, controller.Levers.ConcurrencyMax);
        Assert.True(controller.Levers.FractionScale > 1);
    }

    [Fact]
    public void Stationary_run_ends_within_the_target_and_changes_rarely()
    {
        int within = 0;
        SeedLaw.ForAll(seed => within += IsHeld(seed) ? 1 : 0);

        // The others are beyond the target at the lowest rate, and are told so.
        Assert.True(within > SeedLaw.SeedCount / 2, $"{within} of {SeedLaw.SeedCount}");
    }

    private static bool IsHeld(ulong seed)
    {
        (AdaptiveController controller, AdaptivePlant plant) = Draw(seed);
        Repeat(controller, plant, 400, out _, out _);
        ControlMove last = Repeat(controller, plant, 400, out int beyond, out int moves);

        if (last == ControlMove.Exhausted)
        {
            Assert.Equal(LeverLimits.RateScaleMin, controller.Levers.RateScale);
            return false;
        }

        // A notch is tried about every 64 readings, and costs two: it, and what takes it back.
        Assert.True(beyond <= 20, $"{beyond} of 400 readings beyond the target, {controller.Levers}");
        Assert.True(moves <= 40, $"{moves} moves in 400 readings");
        return true;
    }

    [Fact]
    public void Throughput_comes_back_when_the_cause_is_gone() => SeedLaw.ForAll(seed =>
    {
        (AdaptiveController controller, AdaptivePlant plant) = Draw(seed);
        Repeat(controller, plant, 300, out _, out _);
        plant.Delay = 0;
        plant.Held = 0;
        Repeat(controller, plant, 400, out _, out _);

        Assert.Equal(Levers.Open(controller.Levers.ConcurrencyMax) with { ConcurrencyMax = Workers(seed) }, controller.Levers);
    });

    [Fact]
    public void Setting_between_two_notches_is_tried_ever_more_rarely_and_a_thermostat_is_caught()
    {
        // One step under way makes no gap, and two make 1.5 times the target.
        AdaptiveController controller = new(new LeverLimits(2), 0.25);
        AdaptivePlant plant = new(1) { Delay = 1.5 * Math.Sqrt(0.25 / 0.1) };
        Repeat(controller, plant, 400, out int beyond, out int moves);
        Assert.True(beyond <= 20 && moves <= 40, $"{beyond} beyond, {moves} moves");

        Levers levers = Levers.Open(2);
        beyond = 0;
        for (int i = 0; i < 400; i++)
        {
            bool isBeyond = plant.Distance(levers) > controller.Target;
            beyond += isBeyond ? 1 : 0;
            levers = levers with { ConcurrencyMax = isBeyond ? 1 : 2 };
        }

        Assert.True(beyond > 20, $"{beyond} beyond");
    }

    [Fact]
    public void Same_readings_give_the_same_levers() => SeedLaw.ForAll(seed =>
    {
        (AdaptiveController first, AdaptivePlant plant) = Draw(seed);
        (AdaptiveController second, AdaptivePlant copy) = Draw(seed);
        Repeat(first, plant, 50, out _, out _);
        Repeat(second, copy, 50, out _, out _);
        Assert.Equal(first.Levers, second.Levers);
    });

    private static int Workers(ulong seed) => 2 + (int)(seed % 63);

    private static (AdaptiveController Controller, AdaptivePlant Plant) Draw(ulong seed)
    {
        SeededRandom random = new(seed);
        int workers = Workers(seed);
        double Log(double low, double high) => low * Math.Pow(high / low, random.NextDouble());
        AdaptivePlant plant = new(seed)
        {
            Noise = Log(0.01, 100),
            Smoothness = Log(0.1, 10),
            Rate = Log(0.001, 0.1),
            Delay = Log(0.01, 10),
            Held = random.NextInt(2) * Log(0.1, 100),
            Growth = 0.5 + (0.5 * random.NextDouble()),
            Spread = 0.1 * random.NextDouble(),
        };
        return (new AdaptiveController(new LeverLimits(workers, plant.Held > 0 ? 64 : 1), 0.25), plant);
    }

    private static ControlMove Repeat(AdaptiveController controller, AdaptivePlant plant, int count, out int beyond, out int moves)
    {
        beyond = 0;
        moves = 0;
        ControlMove move = ControlMove.Unknown;
        for (int i = 0; i < count; i++)
        {
            double distance = plant.Distance(controller.Levers);
            move = controller.Observe(plant.Read(controller.Levers));
            moves += move is ControlMove.Tightened or ControlMove.Released ? 1 : 0;
            beyond += distance > controller.Target ? 1 : 0;
        }

        return move;
    }
}
