using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Rounds of p in which views lack some gradients of the round before, and some gradients never come at all.</summary>
internal sealed class RoundRun
{
    public RoundRun(ulong seed, int slots, int rounds, Quadratic problem)
    {
        SeededRandom random = new(seed);
        double rate = Math.Sqrt((double)slots / rounds);
        double[] x = [.. Enumerable.Repeat(1.0, problem.Dimension)];
        double[][] views = [.. Enumerable.Range(0, slots).Select(_ => x.ToArray())];
        LossStart = problem.Loss(x);
        Certificate = new Certificate(new CertificateOptions { Smoothness = problem.Smoothness }, 0, LossStart);
        Recursion = new StronglyConvexRecursion(problem.Convexity, problem.Smoothness, Quadratic.DistanceSquared(x, new double[x.Length]));
        double weights = 0;
        double sum = 0;
        long ticket = 0;
        for (int round = 0; round < rounds; round++)
        {
            int count = (slots / 2) + random.NextInt(slots - (slots / 2) + 1);
            double[][] gradients = [.. views.Take(count).Select(view =>
            {
                double[] gradient = new double[x.Length];
                problem.Gradient(view, random, gradient);
                return gradient;
            })];
            double weight = rate * count / slots;
            weights += weight;
            sum += weight * problem.GradientSquared(x);
            double distances = 0;
            foreach (double[] view in views.Take(count))
            {
                double distance = Quadratic.DistanceSquared(x, view);
                distances += distance;
                BoundMax = Math.Max(BoundMax, Math.Sqrt(distance) / rate);
                Certificate.Add(new CertificateStep(ticket++, rate / slots, rate, distance, problem.Noise));
            }

            Recursion.StepRound(rate, slots, count, distances, problem.Noise);
            foreach (double[] gradient in gradients)
            {
                Subtract(x, gradient, rate / slots);
            }

            // The next views lack up to two of these gradients; what they lacked before has arrived by now.
            foreach (double[] view in views)
            {
                x.CopyTo(view, 0);
                for (int missing = random.NextInt(3); missing > 0; missing--)
                {
                    Subtract(view, gradients[missing - 1], -rate / slots);
                }
            }
        }

        Certificate.Cut(ticket, problem.Loss(x));
        TruthMean = sum / weights;
        OptimumDistance = Quadratic.DistanceSquared(x, new double[x.Length]);
    }

    public Certificate Certificate { get; }

    public StronglyConvexRecursion Recursion { get; }

    public double TruthMean { get; }

    public double OptimumDistance { get; }

    public double LossStart { get; }

    public double BoundMax { get; }

    private static void Subtract(double[] x, double[] gradient, double rate)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] -= rate * gradient[i];
        }
    }
}
