using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Core.Tests.Scaling;

/// <summary>Goal: silos come while they pay and go once when they do not. Method: grids of known throughput, minute by minute.</summary>
public class ScalingMachineTests
{
    private static readonly ScalingPlan Plan = new()
    {
        SilosMax = 16,
        CoolDown = TimeSpan.FromSeconds(60),
        DrainTime = TimeSpan.FromSeconds(300),
    };

    [Fact]
    public void Silos_are_added_up_to_the_most_while_each_brings_as_much_as_the_first() =>
        Assert.Equal([1, 2, 4, 8, 16], Play(Plan, silos => 100.0 * silos, left: 100_000_000));

    [Fact]
    public void Work_that_is_done_soon_adds_nobody() =>
        Assert.Equal([1], Play(Plan, silos => 100.0 * silos, left: 20_000));

    [Theory]
    [InlineData(1, new[] { 1, 2, 1 })]
    [InlineData(2, new[] { 1, 2, 4, 2 })]
    [InlineData(4, new[] { 1, 2, 4, 8, 4 })]
    public void A_scale_out_that_does_not_pay_is_undone_once_and_for_all(int useful, int[] counts) =>
        Assert.Equal(counts, Play(Plan, silos => 100.0 * Math.Min(silos, useful), left: 100_000_000));

    [Fact]
    public void Noise_does_not_make_it_swing() => Consistency.SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int useful = 1 + random.NextInt(8);
        int[] counts = Play(
            Plan, silos => 100.0 * Math.Min(silos, useful) * (0.95 + (0.1 * random.NextDouble())), left: 1_000_000_000, minutes: 120);

        // Up, back once at most, and then nothing more.
        int turns = counts.Skip(1).Zip(counts).Count(pair => pair.First < pair.Second);
        Assert.True(turns <= 1 && (turns == 0 || counts[^1] < counts[^2]), $"seed {seed}, {useful} useful: {string.Join(' ', counts)}");
    });

    [Fact]
    public void Another_job_is_tried_anew()
    {
        var machine = new ScalingMachine(Plan);
        var counts = new List<int> { 1 };
        long used = 0;
        for (int second = 0, silos = 1; second < 1200; second += 5)
        {
            bool isFirst = second < 600;
            used = second == 600 ? 0 : used + (isFirst ? 500 : 500 * silos);
            silos = machine.Observe(TimeSpan.FromSeconds(second), silos, used, 1_000_000, isFirst ? "a-1" : "b-2").Wanted;
            if (silos != counts[^1])
            {
                counts.Add(silos);
            }
        }

        Assert.Equal([1, 2, 1, 2, 4, 8, 16], counts.Take(7));
    }

    [Fact]
    public void When_the_work_is_gone_so_are_the_silos() =>
        Assert.Equal([1, 2, 4, 1], Play(Plan with { SilosMax = 4 }, silos => 100.0 * silos, left: 200_000));

    [Fact]
    public void The_budget_is_spent_and_not_exceeded()
    {
        ScalingPlan plan = Plan with { SiloHoursMax = 0.5 };
        var machine = new ScalingMachine(plan);
        long used = 0;
        int silos = 1;
        int silosMax = 1;
        for (int second = 0; machine.SiloHoursUsed < 0.49; second += 5)
        {
            used += 500 * silos;
            silos = machine.Observe(TimeSpan.FromSeconds(second), silos, used, 100_000_000, "job").Wanted;
            silosMax = Math.Max(silosMax, silos);
            Assert.True(silos == 1 || machine.SiloHoursUsed + (silos * 5 / 3600.0) <= 0.5 + 1e-9, $"{silos} silos at {machine.SiloHoursUsed} silo-hours");
        }

        Assert.True(silosMax > 2);
    }

    [Fact]
    public void A_count_that_goes_back_begins_the_measurement_again()
    {
        var window = new ThroughputWindow(TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
        window.Add(TimeSpan.FromSeconds(0), 0);
        window.Add(TimeSpan.FromSeconds(10), 1000);
        Assert.Equal(100, window.SamplesPerSecond);

        window.Add(TimeSpan.FromSeconds(15), 500); // resumed from a checkpoint
        Assert.True(double.IsNaN(window.SamplesPerSecond));

        window.Add(TimeSpan.FromSeconds(25), 2500);
        Assert.Equal(200, window.SamplesPerSecond);
    }

    [Fact]
    public void The_window_looks_back_so_far_and_no_farther()
    {
        var window = new ThroughputWindow(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        window.Restart(TimeSpan.Zero);
        long samples = 0;
        for (int second = 0; second <= 60; second++)
        {
            window.Add(TimeSpan.FromSeconds(second), samples);
            samples += second < 40 ? 10 : 30;
        }

        Assert.Equal(30, window.SamplesPerSecond);
    }

    // The distinct counts that a grid of some throughput goes through.
    private static int[] Play(ScalingPlan plan, Func<int, double> rate, long left, int minutes = 60)
    {
        var machine = new ScalingMachine(plan);
        var counts = new List<int> { 1 };
        double used = 0;
        int silos = 1;
        for (int second = 0; second < minutes * 60; second += 5)
        {
            silos = machine.Observe(TimeSpan.FromSeconds(second), silos, (long)used, (long)Math.Max(0, left - used), "job").Wanted;
            if (silos != counts[^1])
            {
                counts.Add(silos);
            }

            used = Math.Min(left, used + (5 * rate(silos)));
        }

        return [.. counts];
    }
}
