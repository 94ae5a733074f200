using System.Numerics;
using System.Runtime.Intrinsics;

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

    /// <summary>The same of several samples: the sum of their losses, how many are on the right side, and each derivative.</summary>
    /// <param name="scores">[n].</param>
    /// <param name="labels">[n].</param>
    /// <param name="slopes">[n]; overwritten.</param>
    static abstract (double LossSum, int Correct) At(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels, Span<double> slopes);
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

    public static (double LossSum, int Correct) At(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels, Span<double> slopes)
    {
        double lossSum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            (double loss, slopes[i]) = At(scores[i], labels[i]);
            lossSum += loss;
        }

        return (lossSum, 0);
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

    public static (double LossSum, int Correct) At(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels, Span<double> slopes)
    {
        double lossSum = 0;
        int correct = 0;
        int i = 0;
        for (; i <= scores.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            Vector512<double> score = Vector512.Create(scores[i..]);
            Vector512<double> label = Vector512.Create(labels[i..]);
            Vector512<double> decay = Vector512.Exp(-Vector512.Abs(score));
            Vector512<double> one = Vector512<double>.One;
            Vector512<double> loss = Vector512.Max(score, Vector512<double>.Zero) + LogOnePlus(decay) - (label * score);
            Vector512<double> isPositive = Vector512.GreaterThan(score, Vector512<double>.Zero);
            Vector512<double> probability = Vector512.ConditionalSelect(isPositive, one, decay) / (one + decay);
            (probability - label).CopyTo(slopes[i..]);
            lossSum += Vector512.Sum(loss);
            Vector512<double> isWrong = isPositive ^ Vector512.Equals(label, one);
            Vector512<double> isNumber = Vector512.Equals(score, score);
            correct += BitOperations.PopCount(Vector512.AndNot(isNumber, isWrong).ExtractMostSignificantBits());
        }

        for (; i < scores.Length; i++)
        {
            (double loss, slopes[i]) = At(scores[i], labels[i]);
            lossSum += loss;
            correct += (scores[i] > 0) == (labels[i] == 1) && !double.IsNaN(scores[i]) ? 1 : 0;
        }

        return (lossSum, correct);
    }

    private static Vector512<double> LogOnePlus(Vector512<double> x) => Vector512.ConditionalSelect(
        Vector512.LessThan(x, Vector512.Create(1e-5)), x - (0.5 * x * x) + (x * x * x / 3.0), Vector512.Log(Vector512<double>.One + x));

    // Below 1e-5 the logarithm of the rounded sum would lose digits; the series is exact there.
    private static double LogOnePlus(double x) => x < 1e-5 ? x - (0.5 * x * x) + (x * x * x / 3) : Math.Log(1 + x);
}
