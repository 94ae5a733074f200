namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>The largest secant of f along a run, from secants of single batches.</summary>
/// <remarks>
/// A batch's gradient changes between two points by what ∇f does, and by noise: E‖Δ∇f_B‖² ≥ ‖Δ∇f‖². So the root mean square over some batches is, on the
/// average, no less than the secant of f, while the largest of many single ones is mostly noise. Groups of <see cref="GroupLength"/> in the order of tickets; before one
/// is complete, the largest single secant.
/// </remarks>
public struct SecantGroups
{
    /// <summary>Secants of a group: their mean square is known to a quarter or so.</summary>
    public const int GroupLength = 8;

    private double _groupMax;
    private double _singleMax;
    private double _squareSum;
    private int _count;

    /// <summary>The largest so far; NaN before the first.</summary>
    public readonly double Max => _groupMax > 0 ? _groupMax : _singleMax > 0 ? _singleMax : double.NaN;

    /// <summary>Adds one secant; one that is not finite is left out.</summary>
    /// <param name="secant">‖Δ∇f_B‖ / ‖Δx‖, 0 or more.</param>
    public void Add(double secant)
    {
        if (!double.IsFinite(secant))
        {
            return;
        }

        _singleMax = Math.Max(_singleMax, secant);
        _squareSum += secant * secant;
        if (++_count == GroupLength)
        {
            _groupMax = Math.Max(_groupMax, Math.Sqrt(_squareSum / GroupLength));
            _squareSum = 0;
            _count = 0;
        }
    }
}
