using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Goal: "x is the model as if every residual had been applied" is exact. Method: synchronous rounds with compressors by their definition.</summary>
public class ErrorFeedbackProperties
{
    private const int Dimension = 20;
    private const int Workers = 4;

    [Theory]
    [InlineData("top-k", false, true)]
    [InlineData("one-bit", false, true)]
    [InlineData("top-k", true, false)]
    [InlineData("one-bit", true, false)]
    public void View_minus_x_is_the_mean_residual_unless_residuals_are_in_gradient_units(string codec, bool gradientUnits, bool holds) =>
        SeedLaw.ForAll(seed => Assert.Equal(holds, Invariant(seed, codec, gradientUnits) < 1e-9));

    // The largest |v − x − mean(ε)| over a run in which α changes.
    private static double Invariant(ulong seed, string codec, bool gradientUnits)
    {
        SeededRandom random = new(seed);
        Quadratic problem = new(Dimension, 0.1, 1, 1);
        double[] x = [.. Enumerable.Repeat(1.0, Dimension)];
        double[] v = [.. x];
        double[][] residuals = [.. Enumerable.Range(0, Workers).Select(_ => new double[Dimension])];
        double[] gradient = new double[Dimension];
        double worst = 0;
        for (int round = 0; round < 60; round++)
        {
            double rate = round < 30 ? 0.1 : 0.02;
            double[] step = new double[Dimension];
            foreach (double[] residual in residuals)
            {
                problem.Gradient(v, random, gradient);
                double unit = gradientUnits ? 1 : rate;
                double[] u = [.. residual.Zip(gradient, (held, g) => held + (unit * g))];
                double[] w = codec == "top-k" ? TopK(u) : OneBit(u);
                for (int i = 0; i < Dimension; i++)
                {
                    residual[i] = u[i] - w[i];
                    step[i] += (gradientUnits ? rate : 1) * w[i] / Workers;
                    x[i] -= rate * gradient[i] / Workers;
                }
            }

            double held = gradientUnits ? rate : 1;
            for (int i = 0; i < Dimension; i++)
            {
                v[i] -= step[i];
                worst = Math.Max(worst, Math.Abs(v[i] - x[i] - (held * residuals.Average(residual => residual[i]))));
            }
        }

        return worst;
    }

    private static double[] TopK(double[] u)
    {
        double limit = u.Select(Math.Abs).OrderDescending().ElementAt(2);
        return [.. u.Select(value => Math.Abs(value) >= limit ? value : 0)];
    }

    private static double[] OneBit(double[] u)
    {
        double scale = u.Average(Math.Abs);
        return [.. u.Select(value => value < 0 ? -scale : scale)];
    }
}
