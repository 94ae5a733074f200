using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Smoothness;

/// <summary>An upper bound of λmax(AᵀA)/n that is at most half a percent too high, or a twentieth where the rows are long; and what rounding adds.</summary>
/// <remarks>
/// <para>Question: how far above the value an iteration has reached can the largest eigenvalue of M still lie?
/// Power iteration cannot tell cheaply. From a random start it needs about ln(d/δ)/ε products with M before the
/// value is, but for a chance of δ, within ε of the truth, because other eigenvalues may crowd below the first.
/// Lanczos looks at all the powers of M at once and needs about ln(d/δ)/(2√ε) products: whatever M is, the chance
/// that k steps end below (1 − ε)·λmax is at most 1.648·√d·e^(−√ε·(2k−1)) (Kuczyński and Woźniakowski, 1992).
/// With δ = 10⁻⁹ and 785 coordinates that makes 174 products instead of about 4760. Of long rows, whose products and
/// orthogonalisations take longer than the training itself, a twentieth is enough: 60 products of 47 236 coordinates
/// instead of 188, and a tenth of the orthogonalisation.</para>
/// <para>So: k steps in double precision, every direction orthogonalised twice against all before, then the largest
/// eigenvalue θ of the tridiagonal matrix, and θ/(1 − ε) is the bound. θ itself never passes λmax. When the
/// directions run out first (k reaches d, or the rest is rounding), θ is λmax to rounding.</para>
/// <para>The start is a fixed stream of one seed: the same samples give the same bound. The data was not made
/// knowing that seed, so the chance is over it.</para>
/// </remarks>
internal static class SpectralBound
{
    private const double FailureChance = 1e-9;
    private const ulong StartSeed = 0x5EED_0FA5_7A27;

    // A dense Gram matrix of 1024² doubles is 8 MiB, and costs one long pass over the data instead of 174 short ones. Its sums in single precision
    // may add 4·10⁻⁶ of the trace: four thousandths where all directions are alike, hundreds of times less where one stands out.
    private const int GramDimensionMax = 1025;

    /// <summary>ε: how far the bound may lie above the eigenvalue, relatively.</summary>
    /// <param name="dimension">Coordinates of a row.</param>
    public static double AccuracyOf(int dimension) => dimension <= GramDimensionMax ? 0.005 : 0.05;

    /// <summary>Bound for the rows [a, 1] of a sample source; without the 1 when there is no bias.</summary>
    /// <exception cref="ArgumentException">The samples have another number of features.</exception>
    /// <exception cref="InvalidDataException">A sample is not finite.</exception>
    public static double OfRows(ISampleSource samples, int featureCount, bool withOne)
    {
        if (samples.FeatureCount != featureCount)
        {
            throw new ArgumentException(
                $"Samples have {samples.FeatureCount} features, but the model was made for {featureCount}.",
                nameof(samples));
        }

        var sweep = new RowSweep(samples, withOne);
        if (!samples.IsSparse && sweep.Dimension <= GramDimensionMax)
        {
            var gram = new GramMatrix(sweep);
            if (gram.IsInRange)
            {
                return Of(gram) + gram.ErrorMax;
            }
        }

        return Of(sweep);
    }

    /// <summary>Bound for a symmetric matrix without negative eigenvalues.</summary>
    internal static double Of(ISymmetricProduct matrix)
    {
        int dimension = matrix.Dimension;
        int stepMax = Math.Min(dimension, StepCount(dimension));
        var basis = new List<double[]> { RandomDirection(dimension) };
        var diagonal = new List<double>();
        var beside = new List<double>();
        double scale = 0;
        while (true)
        {
            double[] next = new double[dimension];
            matrix.Multiply(basis[^1], next);
            diagonal.Add(Vector.Dot(next, basis[^1]));
            scale = Math.Max(scale, Math.Abs(diagonal[^1]));
            if (!double.IsFinite(diagonal[^1]))
            {
                throw new InvalidDataException(
                    "The samples have no smoothness constant: at least one feature is not finite. Check the data.");
            }

            if (diagonal.Count == stepMax)
            {
                break;
            }

            Orthogonalise(next, basis);
            Orthogonalise(next, basis);
            double length = Math.Sqrt(Vector.Dot(next, next));
            if (length <= 1e-13 * scale)
            {
                break;
            }

            beside.Add(length);
            Vector.Scale(next, 1 / length);
            basis.Add(next);
        }

        return Tridiagonal.LargestEigenvalue(diagonal, beside) / (1 - AccuracyOf(dimension));
    }

    private static int StepCount(int dimension) => (int)Math.Ceiling(
        0.5 * ((Math.Log(1.648 * Math.Sqrt(dimension) / FailureChance) / Math.Sqrt(AccuracyOf(dimension))) + 1));

    private static double[] RandomDirection(int dimension)
    {
        var random = new SeededRandom(StartSeed, 0);
        double[] direction = new double[dimension];
        for (int i = 0; i < dimension; i++)
        {
            direction[i] = random.NextGaussian();
        }

        Vector.Scale(direction, 1 / Math.Sqrt(Vector.Dot(direction, direction)));
        return direction;
    }

    private static void Orthogonalise(double[] direction, List<double[]> basis)
    {
        foreach (double[] other in basis)
        {
            Vector.AddScaled(-Vector.Dot(direction, other), other, direction);
        }
    }
}
