namespace OrleansSgd.Experiments.Statistics;

/// <summary>Quantiles of Student's t distribution for any number of degrees of freedom, by bisection of the exact distribution.</summary>
/// <remarks>The expansion that the live monitor uses is good from four degrees on; experiments may have as few as two seeds.</remarks>
internal static class StudentTable
{
    // The tail of one degree of freedom reaches far: t(0.975, 1) is 12.7.
    private const double QuantileMax = 1000;

    public static double Of(double confidence, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        double low = 0;
        double high = QuantileMax;
        for (int i = 0; i < 80; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle, degrees) < confidence ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // P(T ≤ t) for whole degrees of freedom is a finite sum in θ = atan(t / √n).
    private static double Below(double t, int degrees)
    {
        double theta = Math.Atan(t / Math.Sqrt(degrees));
        double cosine = Math.Cos(theta);
        double square = cosine * cosine;
        bool isOdd = (degrees & 1) == 1;
        double term = isOdd ? cosine : 1;
        double sum = degrees == 1 ? 0 : term;
        for (int k = isOdd ? 3 : 2; k <= degrees - 2; k += 2)
        {
            term *= square * (k - 1) / k;
            sum += term;
        }

        double within = isOdd
            ? 2 / Math.PI * (theta + (Math.Sin(theta) * sum))
            : Math.Sin(theta) * sum;
        return 0.5 + (within / 2);
    }
}
