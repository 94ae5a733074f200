using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

public class BoundTests
{
    [Fact]
    public void Top_k_never_loses_more_than_its_contraction() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int d = 1 + random.NextInt(50);
        int k = 1 + random.NextInt(d);
        double[] u = [.. Enumerable.Range(0, d).Select(_ => Math.Pow(random.NextGaussian(), 3))];
        double total = u.Sum(value => value * value);
        double kept = u.Select(value => value * value).OrderDescending().Take(k).Sum();

        Assert.True((total - kept) / total <= Contraction.OfTopK(k, d) + 1e-12);
        Assert.True(Contraction.OfSignWorst(d) < 1);
    });

    [Fact]
    public void Signs_with_mean_magnitude_lose_exactly_one_minus_rho_squared() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int d = 1 + random.NextInt(50);
        double[] u = [.. Enumerable.Range(0, d).Select(_ => random.NextGaussian())];
        double scale = u.Sum(Math.Abs) / d;
        double lost = u.Sum(value => Math.Pow(value - (scale * Math.Sign(value)), 2));
        double norm = Math.Sqrt(u.Sum(value => value * value));

        Assert.Equal(Contraction.OfSign(u.Sum(Math.Abs), norm, d), lost / (norm * norm), 10);
        Assert.True(lost / (norm * norm) <= Contraction.OfSignWorst(d) + 1e-12);
    });

    [Fact]
    public void Bounds_used_are_never_above_the_papers() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        double gamma = random.NextDouble();
        ElasticBound feedback = ElasticBounds.ErrorFeedback(gamma, 2);
        ElasticBound shared = ElasticBounds.SharedMemory(random.NextInt(20), 2, 1 + random.NextInt(1000));

        Assert.True(feedback.Value <= feedback.Paper * (1 + 1e-12), $"γ = {gamma}");
        Assert.True(shared.Value <= shared.Paper);
    });

    [Fact]
    public void Table_by_hand()
    {
        Assert.Equal(15, ElasticBounds.SharedMemory(5, 3, 100).Value);
        Assert.Equal(150, ElasticBounds.SharedMemory(5, 3, 100).Paper);
        Assert.Equal(7.5, ElasticBounds.MessagePassing(4, 5, 2).Value);
        Assert.Equal(10, ElasticBounds.ParameterServer(5, 2).Value);
        Assert.Equal(Math.Sqrt(58), ElasticBounds.ParameterServerNoiseAware(1, 4, 25).Value, 12);
        Assert.Equal(1, ElasticBounds.Crashes(8, 4, 2).Value);
        Assert.Equal(1, ElasticBounds.Omissions(8, 4, 2).Paper);
        Assert.Equal(99, ElasticBounds.ErrorFeedback(0.9801, 1).Value, 9);
        Assert.Equal(1, ElasticBounds.NormBounded(0.75, 2, roundsInFlight: 2).Value, 12);
        Assert.Equal(2, ElasticBounds.NormBoundedLayers(0.5, 2, 4).Value, 12);
        Assert.Equal(2 * (3 + (4 * 0.5)) / 0.5, ElasticBounds.SparsifiedAsync(3, 4, 0.25, 2).Value, 12);
        Assert.Equal(6, ElasticBounds.SparsifiedAsyncWithoutFeedback(3, 2).Value);
        Assert.Equal(2, ElasticBounds.BiasFloor(0.25, 2));
        Assert.Equal(8, ElasticBounds.LocalSteps(4, 2).Value);
        Assert.Equal(18, ElasticBounds.Momentum(0.9, 2).Value, 9);
        Assert.Equal(14, ElasticBounds.BothWays(ElasticBounds.LocalSteps(4, 2), ElasticBounds.LocalSteps(3, 2)).Value);
        Assert.Equal(double.PositiveInfinity, ElasticBounds.OwnSubstitution(2, 1, 1, 1, 10).Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => ElasticBounds.ErrorFeedback(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ElasticBounds.NormBounded(1.5, 1));
    }

    [Fact]
    public void Own_substitution_is_within_one_and_a_half_sigma_at_small_rates() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int p = 2 + random.NextInt(20);
        int m = random.NextInt(p);
        double bound = ElasticBounds.OwnSubstitution(p, m, 4, 1.0 / 6, 1).Value;
        Assert.True(bound <= 1.5 * m / p * 2);
    });

    [Fact]
    public void Asynchronous_runs_stay_inside_the_predicted_bound() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(new AsyncPlan { Seed = seed, Problem = new Quadratic(18, 0.1, 1, 1) });
        int delayMax = run.Measure().Max(ticket => ticket.Delay);
        double magnitude = Math.Sqrt(run.Steps.Max(step => AsyncRun.NormSquared(step.Update))) / 0.05;
        double bound = ElasticBounds.ParameterServer(delayMax, magnitude).Squared;
        Assert.All(run.Distances, distance => Assert.True(distance / (0.05 * 0.05) <= bound));
    });

    [Theory]
    [InlineData(Substitute.Own, 4)]
    [InlineData(Substitute.Mean, 4)]
    [InlineData(Substitute.Mean, 2)]
    public void Substitution_pays_exactly_from_its_crossover_on(Substitute substitute, int missing)
    {
        const int P = 8;
        double crossover = substitute == Substitute.Own ? 1 : 1.0 / (P - missing);
        foreach (double factor in new[] { 0.5, 0.9, 1.1, 2 })
        {
            double gradientSquared = factor * crossover;
            bool pays = Substitution.Choose(gradientSquared, 1, P, missing, substitute == Substitute.Mean) == substitute;
            Assert.Equal(factor > 1, pays);
        }
    }

    [Fact]
    public void Expected_gaps_of_substitution_agree_with_trials()
    {
        const int P = 8;
        const int M = 4;
        const int D = 20;
        SeededRandom random = new(20_254);
        foreach (double gradientSquared in new[] { 0.05, 0.5, 3 })
        {
            foreach (Substitute substitute in Enum.GetValues<Substitute>())
            {
                double sum = 0;
                for (int trial = 0; trial < 2000; trial++)
                {
                    sum += Trial(random, substitute, gradientSquared);
                }

                double expected = Substitution.GapExpected(substitute, gradientSquared, 1, P, M);
                Assert.InRange(sum / 2000, 0.9 * expected, 1.1 * expected);
            }
        }

        static double Trial(SeededRandom random, Substitute substitute, double gradientSquared)
        {
            double[][] gradients = [.. Enumerable.Range(0, P).Select(_ => Enumerable.Range(0, D)
                .Select(_ => Math.Sqrt(gradientSquared / D) + (random.NextGaussian() / Math.Sqrt(D))).ToArray())];
            double squared = 0;
            for (int i = 0; i < D; i++)
            {
                double own = gradients[P - 1][i];
                double mean = gradients.Skip(M).Average(gradient => gradient[i]);
                double standIn = substitute switch { Substitute.Own => own, Substitute.Mean => mean, _ => 0 };
                double difference = gradients.Take(M).Sum(gradient => gradient[i] - standIn) / P;
                squared += difference * difference;
            }

            return squared;
        }
    }

    [Fact]
    public void Target_makes_staleness_the_chosen_part_of_the_noise()
    {
        const double Noise = 4, Smoothness = 2, Rate = 0.1;
        double bound = BoundTarget.Of(Noise, Smoothness, Rate, slotCount: 3, fraction: 0.25);
        double staleness = Smoothness * Smoothness * Rate * Rate * bound * bound;
        Assert.Equal(0.25 * Smoothness * Rate * Noise / 3, staleness, 12);
        Assert.Equal(1.25, BoundTarget.DelayAffordable(Smoothness, Rate), 12);
    }
}
