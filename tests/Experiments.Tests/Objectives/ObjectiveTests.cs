using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Tests.Objectives;

/// <summary>Goal: what is called true of an objective is true. Method: differences, means of many draws, and pairs of points.</summary>
public sealed class ObjectiveTests
{
    public static TheoryData<string> Names => ["quadratic", "logistic", "network"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_norm_is_that_of_the_loss(string name)
    {
        IObjective objective = Of(name);
        using IObjectiveSession session = objective.Open(1, 8);
        double[] x = Point(objective, 3);
        double squared = 0;
        const double Step = 1e-3; // float inside: a smaller one drowns in rounding
        for (int i = 0; i < x.Length; i++)
        {
            double kept = x[i];
            x[i] = kept + Step;
            double above = session.Measure(x).Loss;
            x[i] = kept - Step;
            double below = session.Measure(x).Loss;
            x[i] = kept;
            squared += Math.Pow((above - below) / (2 * Step), 2);
        }

        double told = session.Measure(x).GradientSquared;
        Assert.InRange(told, 0.97 * squared, 1.03 * squared);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Draws_are_unbiased_and_as_noisy_as_said(string name)
    {
        IObjective objective = Of(name);
        using IObjectiveSession session = objective.Open(7, 4);
        double[] x = Point(objective, 5);
        float[] view = [.. x.Select(value => (float)value)];
        int d = objective.Dimension;
        const int Count = 4000;
        double[] mean = new double[d];
        double squares = 0;
        float[] gradient = new float[d];
        for (int i = 0; i < Count; i++)
        {
            session.Gradient(view, 0, 4 * i, (4 * i) + 4, gradient);
            for (int j = 0; j < d; j++)
            {
                mean[j] += gradient[j] / (double)Count;
                squares += (double)gradient[j] * gradient[j] / Count;
            }
        }

        ObjectiveTruth truth = session.Measure(x);
        double noise = session.NoiseSquared(x, 4);
        double meanSquared = mean.Sum(value => value * value);

        // E‖mean‖² = ‖∇f‖² + σ²/n, and E‖G‖² = ‖∇f‖² + σ²; five standard errors of either.
        Assert.InRange(squares - truth.GradientSquared, noise * 0.85, noise * 1.15);
        Assert.InRange(Math.Sqrt(meanSquared), 0, Math.Sqrt(truth.GradientSquared) + (5 * Math.Sqrt(noise / Count)));
        Assert.InRange(Math.Sqrt(meanSquared), Math.Sqrt(truth.GradientSquared) - (5 * Math.Sqrt(noise / Count)), 1e9);
    }

    [Fact]
    public void A_batch_is_the_mean_of_its_halves()
    {
        QuadraticObjective objective = ObjectiveCatalog.Quadratic();
        using IObjectiveSession session = objective.Open(1, 8);
        float[] view = new float[objective.Dimension];
        view.AsSpan().Fill(1);
        float[] whole = new float[view.Length];
        float[] first = new float[view.Length];
        float[] second = new float[view.Length];
        session.Gradient(view, 2, 10, 18, whole);
        session.Gradient(view, 2, 10, 14, first);
        session.Gradient(view, 2, 14, 18, second);

        for (int i = 0; i < view.Length; i++)
        {
            Assert.Equal(whole[i], (first[i] + second[i]) / 2, 5);
        }
    }

    [Theory]
    [InlineData("quadratic")]
    [InlineData("logistic")]
    public void No_pair_of_points_shows_a_larger_L(string name)
    {
        IObjective objective = Of(name);
        using IObjectiveSession session = objective.Open(1, 8);
        for (int pair = 0; pair < 50; pair++)
        {
            double[] x = Point(objective, (ulong)(2 * pair));
            double[] y = Point(objective, (ulong)((2 * pair) + 1));

            // f(y) ≤ f(x) + ‖∇f(x)‖·‖y − x‖ + L/2·‖y − x‖², and ‖∇f‖ ≤ L·‖·‖ along any segment.
            double distance = Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (a - b)).Sum());
            double apart = Math.Abs(Math.Sqrt(session.Measure(x).GradientSquared) - Math.Sqrt(session.Measure(y).GradientSquared));
            Assert.True(apart <= objective.Smoothness * distance * 1.0001, $"pair {pair}");
        }
    }

    private static IObjective Of(string name) => name switch
    {
        "quadratic" => ObjectiveCatalog.Quadratic(),
        "logistic" => ObjectiveCatalog.Logistic(),
        _ => ObjectiveCatalog.Network(),
    };

    private static double[] Point(IObjective objective, ulong seed)
    {
        var random = new OrleansSgd.Core.Randomness.SeededRandom(seed);
        float[] start = new float[objective.Dimension];
        objective.Initialise(start, 1);
        return [.. start.Select(value => value + (0.3 * random.NextGaussian()))];
    }
}
