namespace OrleansSgd.Certifier.Figures;

/// <summary>Quantiles of Student's t distribution, by bisection of its distribution function.</summary>
internal static class StudentLimit
{
    /// <summary>t with P(T ≤ t) = confidence; good to ten digits.</summary>
    /// <param name="confidence">Above 0.5, below 1.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Quantile(double confidence, int degrees)
    {
        double low = 0;
        double high = 1;
        while (Below(high, degrees) < confidence)
        {
            high *= 2;
        }

        for (int i = 0; i < 80; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle, degrees) < confidence ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    // The closed forms for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4): finite sums in cos θ, tan θ = t / √n.
    private static double Below(double t, int degrees)
    {
        double angle = Math.Atan(t / Math.Sqrt(degrees));
        double cosine = Math.Cos(angle);
        double squared = cosine * cosine;
        bool isOdd = degrees % 2 == 1;
        double term = isOdd ? cosine : 1;
        double sum = degrees == 1 ? 0 : term;
        for (int k = isOdd ? 3 : 2; k <= degrees - 2; k += 2)
        {
            term *= squared * (k - 1) / k;
            sum += term;
        }

        double inside = isOdd ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum)) : Math.Sin(angle) * sum;
        return 0.5 + (inside / 2);
    }
}
