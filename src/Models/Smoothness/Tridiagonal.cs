namespace OrleansSgd.Models.Smoothness;

/// <summary>The largest eigenvalue of a symmetric tridiagonal matrix, by bisection on Sturm's count.</summary>
/// <remarks>
/// T − s·I has as many negative pivots as T has eigenvalues below s. So s is above all of them exactly when every
/// pivot is negative; Gershgorin's circles give the interval to start from, halving it gives every bit.
/// </remarks>
internal static class Tridiagonal
{
    /// <param name="diagonal">[k], finite, k ≥ 1.</param>
    /// <param name="beside">[k − 1], finite: the numbers right and below of the diagonal.</param>
    public static double LargestEigenvalue(IReadOnlyList<double> diagonal, IReadOnlyList<double> beside)
    {
        double low = double.NegativeInfinity;
        double high = double.NegativeInfinity;
        for (int i = 0; i < diagonal.Count; i++)
        {
            double left = i > 0 ? Math.Abs(beside[i - 1]) : 0;
            double right = i < diagonal.Count - 1 ? Math.Abs(beside[i]) : 0;
            low = Math.Max(low, diagonal[i]);
            high = Math.Max(high, diagonal[i] + left + right);
        }

        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return high;
            }

            if (IsAboveAll(middle, diagonal, beside))
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }
    }

    private static bool IsAboveAll(double shift, IReadOnlyList<double> diagonal, IReadOnlyList<double> beside)
    {
        double pivot = diagonal[0] - shift;
        for (int i = 1; i < diagonal.Count && pivot < 0; i++)
        {
            pivot = diagonal[i] - shift - (beside[i - 1] * beside[i - 1] / pivot);
        }

        return pivot < 0;
    }
}
