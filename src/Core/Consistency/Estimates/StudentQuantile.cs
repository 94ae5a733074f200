namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>Quantiles of Student's t distribution, good to 1 % from four degrees of freedom up to a confidence of 0.99.</summary>
internal static class StudentQuantile
{
    /// <param name="confidence">Above 0.5, below 1.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Of(double confidence, int degrees)
    {
        double z = Normal(confidence);
        double n = degrees;
        double z2 = z * z;

        // The expansion of t in powers of 1/n around the normal quantile (Cornish and Fisher).
        double first = z * (z2 + 1) / 4;
        double second = z * ((5 * z2 * z2) + (16 * z2) + 3) / 96;
        double third = z * ((3 * z2 * z2 * z2) + (19 * z2 * z2) + (17 * z2) - 15) / 384;
        return z + (first / n) + (second / (n * n)) + (third / (n * n * n));
    }

    /// <summary>The normal quantile, by bisection of the error function's series: called rarely, so exactness beats speed.</summary>
    public static double Normal(double confidence)
    {
        if (!(confidence > 0.5 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Use a confidence above 0.5, below 1.");
        }

        double low = 0;
        double high = 9;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle) < confidence ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/15 + …): all terms positive, so nothing cancels.
    private static double Below(double z)
    {
        double term = z;
        double sum = z;
        for (int odd = 3; term > 1e-18 * sum; odd += 2)
        {
            term *= z * z / odd;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }
}
