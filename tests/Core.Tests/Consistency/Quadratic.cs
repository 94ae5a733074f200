using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>f(x) = ½ Σ λᵢ xᵢ² with gradients of known noise: everything the theory speaks of is known exactly.</summary>
internal sealed class Quadratic
{
    private readonly double[] _curvatures;

    public Quadratic(int dimension, double convexity, double smoothness, double noise)
    {
        Convexity = convexity;
        Smoothness = smoothness;
        Noise = noise;
        _curvatures = [.. Enumerable.Range(0, dimension).Select(i => convexity + ((smoothness - convexity) * i / Math.Max(1, dimension - 1)))];
    }

    public int Dimension => _curvatures.Length;

    public double Convexity { get; }

    public double Smoothness { get; }

    /// <summary>σ² of one gradient.</summary>
    public double Noise { get; }

    public double Loss(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += _curvatures[i] * x[i] * x[i] / 2;
        }

        return sum;
    }

    public double GradientSquared(ReadOnlySpan<double> x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += _curvatures[i] * x[i] * _curvatures[i] * x[i];
        }

        return sum;
    }

    public void Gradient(ReadOnlySpan<double> x, SeededRandom random, Span<double> gradient)
    {
        double scale = Math.Sqrt(Noise / x.Length);
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] = (_curvatures[i] * x[i]) + (scale * random.NextGaussian());
        }
    }

    public static double DistanceSquared(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}
