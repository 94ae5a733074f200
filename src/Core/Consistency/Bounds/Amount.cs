namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>The checks of the formulas' arguments.</summary>
internal static class Amount
{
    public static double NotNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Use a finite number, 0 or more.");

    public static double Above(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Use a finite number above 0.");

    public static double Fraction(double value, string name) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Use 0 to 1.");

    public static double BelowOne(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Use 0 or more, below 1: at 1 residuals grow without limit.");

    public static void Between(long value, long min, long max, string name)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Use {min} to {max}.");
        }
    }
}
