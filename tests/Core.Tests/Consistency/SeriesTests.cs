using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Statistics that go over a whole run.</summary>
public class SeriesTests
{
    [Fact]
    public void Noise_of_a_stretch_is_its_mean_and_some_errors()
    {
        NoiseStretch noise = new();
        for (int i = 0; i < 9; i++)
        {
            noise.Add(i % 3);
            noise.Add(double.NaN);
        }

        // 0, 1, 2 three times: mean 1, squares 6, error √(6 / 8 / 9).
        Assert.Equal(1 + (2.326 * Math.Sqrt(6.0 / 72)), noise.Mark().Upper, 12);
    }

    [Fact]
    public void Short_stretch_takes_older_values_to_help()
    {
        NoiseStretch noise = new();
        Assert.True(double.IsNaN(noise.Mark().Upper));
        noise.Add(1);
        Assert.True(double.IsNaN(noise.Mark().Upper));
        noise.Add(3);
        Assert.Equal(2 + (2.326 * 1), noise.Mark().Upper, 12);
        for (int i = 0; i < 7; i++)
        {
            noise.Add(3);
        }

        // The newest eight values are all 3 now, seven of this stretch and one before.
        Assert.Equal(3, noise.Mark().Upper, 12);
    }

    [Fact]
    public void Two_stretches_as_one_are_what_they_would_have_been() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        NoiseStretch split = new();
        NoiseStretch whole = new();
        NoiseMark first = default;
        int count = 2 + random.NextInt(30);
        int cut = random.NextInt(count);
        for (int i = 0; i < count; i++)
        {
            double value = random.NextDouble();
            split.Add(value);
            whole.Add(value);
            first = i == cut ? split.Mark() : first;
        }

        Assert.Equal(whole.Mark().Upper, first.Then(split.Mark()).Upper, 10);
    });

    [Fact]
    public void Time_that_follows_the_outcome_is_seen_and_time_that_only_drifts_with_it_is_not() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        CorrelationTest planted = new();
        CorrelationTest drifting = new();
        for (int i = 0; i < 2000; i++)
        {
            double loss = 1 + (2.0 / (1 + (i / 200.0))) + (0.2 * random.NextGaussian());
            double time = 0.01 * (1 + (1.0 / (1 + (i / 300.0)))) * (1 + (0.1 * random.NextDouble()));
            drifting.Add(Math.Log(time), loss);
            planted.Add(Math.Log(time * (1 + (0.1 * loss))), loss);
        }

        Assert.True(planted.IsCorrelated, $"r = {planted.Correlation}");
        Assert.False(drifting.IsCorrelated, $"r = {drifting.Correlation}");
    });

    [Fact]
    public void Error_of_blocks_covers_the_mean_of_a_series_with_memory()
    {
        int far = 0;
        SeedLaw.ForAll(seed =>
        {
            SeededRandom random = new(seed);
            WeightedBlocks blocks = new();
            double level = 0;
            for (int i = 0; i < 5000; i++)
            {
                level = (0.9 * level) + random.NextGaussian();
                blocks.Add(1 + random.NextDouble(), 3 + level);
            }

            (double mean, double error) = blocks.Estimate();
            Assert.InRange(error, 0.05, 0.4);
            far += Math.Abs(mean - 3) > 3 * error ? 1 : 0;
        });

        Assert.True(far <= 3, $"{far} of {SeedLaw.SeedCount} means are more than three standard errors off.");
    }

    [Fact]
    public void Blocks_weigh_and_say_when_they_are_too_few()
    {
        WeightedBlocks blocks = new();
        for (int i = 0; i < 8; i++)
        {
            Assert.True(double.IsNaN(blocks.Estimate().Mean));
            blocks.Add(i < 4 ? 1 : 3, i < 4 ? 10 : 2);
            blocks.Add(1, double.NaN);
            blocks.Add(0, 5);
        }

        // 4·1·10 and 4·3·2 over 16; squares 4·6² + 4·6².
        Assert.Equal((4, Math.Sqrt(288.0 * 8 / 7) / 16), blocks.Estimate());
    }

    [Fact]
    public void Run_statistics_by_hand()
    {
        RunStatistics statistics = new();
        Assert.True(double.IsNaN(statistics.Mean + statistics.Max));
        statistics.Add(1);
        statistics.Add(5);
        Assert.Equal((2, 3.0, 5.0), (statistics.Count, statistics.Mean, statistics.Max));
        Assert.Throws<ArgumentOutOfRangeException>(() => statistics.Add(double.NaN));
    }
}
