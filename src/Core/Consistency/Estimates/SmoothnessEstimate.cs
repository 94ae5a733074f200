namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>L from secants: how much the gradient of one fixed batch changed between two points, over their distance.</summary>
/// <remarks>
/// Every secant is a lower bound of L along its own line only, so the largest one of the window is multiplied by a safety factor. The result
/// stays an estimate: a certificate that uses it is statistical.
/// </remarks>
public sealed class SmoothnessEstimate
{
    /// <summary>Two: curvature across a window of secants seldom doubles, and a too large L only loosens the certificate.</summary>
    public const double SafetyFactorDefault = 2;

    private readonly MovingEstimate _secants;
    private readonly double _safetyFactor;

    /// <param name="windowLength">Secants kept.</param>
    /// <param name="safetyFactor">At least 1.</param>
    public SmoothnessEstimate(int windowLength, double safetyFactor = SafetyFactorDefault)
    {
        if (!(safetyFactor >= 1 && double.IsFinite(safetyFactor)))
        {
            throw new ArgumentOutOfRangeException(nameof(safetyFactor), safetyFactor, "Use 1 or more.");
        }

        _secants = new MovingEstimate(windowLength);
        _safetyFactor = safetyFactor;
    }

    /// <summary>Secants in the window.</summary>
    public int Count => _secants.Window.Count;

    /// <summary>Largest secant of the window; NaN before the first.</summary>
    public double SecantMax => _secants.Window.Max;

    /// <summary>The largest secant times the safety factor; NaN before the first.</summary>
    public double Value => _safetyFactor * SecantMax;

    /// <summary>Adds one secant.</summary>
    /// <param name="gradientDistance">‖∇f_B(x) − ∇f_B(v)‖ on the same batch.</param>
    /// <param name="distance">‖x − v‖.</param>
    /// <returns>False when the points coincide, which says nothing about L.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A distance is negative or not finite. Nothing was added.</exception>
    public bool Add(double gradientDistance, double distance)
    {
        Check(gradientDistance, nameof(gradientDistance));
        Check(distance, nameof(distance));
        if (distance == 0)
        {
            return false;
        }

        _secants.Add(gradientDistance / distance);
        return true;
    }

    private static void Check(double value, string name)
    {
        if (!(double.IsFinite(value) && value >= 0))
        {
            throw new ArgumentOutOfRangeException(name, value, "A distance is a finite number, 0 or more.");
        }
    }
}
