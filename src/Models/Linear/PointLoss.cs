namespace OrleansSgd.Models.Linear;

/// <summary>A loss of one score z against one label y.</summary>
internal interface IPointLoss
{
    /// <summary>The name in job files.</summary>
    static abstract string Kind { get; }

    /// <summary>Classes the labels name; 0 for any target.</summary>
    static abstract int ClassCount { get; }

    /// <summary>The least upper bound of d²loss/dz².</summary>
    static abstract double CurvatureMax { get; }

    /// <summary>Loss, and its derivative by z.</summary>
    static abstract (double Loss, double Slope) At(double score, double label);
}

/// <summary>½(z − y)²; its second derivative is 1 everywhere.</summary>
internal readonly struct SquaredLoss : IPointLoss
{
    public static string Kind => ModelCatalog.LeastSquares;

    public static int ClassCount => 0;

    public static double CurvatureMax => 1;

    public static (double Loss, double Slope) At(double score, double label)
    {
        double residual = score - label;
        return (0.5 * residual * residual, residual);
    }
}

/// <summary>log(1 + e^z) − y·z; its second derivative σ(1 − σ) is ¼ at z = 0 and less elsewhere.</summary>
internal readonly struct LogisticLoss : IPointLoss
{
    public static string Kind => ModelCatalog.Logistic;

    public static int ClassCount => 2;

    public static double CurvatureMax => 0.25;

    public static (double Loss, double Slope) At(double score, double label)
    {
        // e^−|z| never overflows, and 1 + it never rounds the interesting part away.
        double decay = Math.Exp(-Math.Abs(score));
        double loss = Math.Max(score, 0) + LogOnePlus(decay) - (label * score);
        double probability = score >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
        return (loss, probability - label);
    }

    // Below 1e-5 the logarithm of the rounded sum would lose digits; the series is exact there.
    private static double LogOnePlus(double x) => x < 1e-5 ? x - (0.5 * x * x) + (x * x * x / 3) : Math.Log(1 + x);
}
