using System.Globalization;

namespace OrleansSgd.Core.Chaos;

/// <summary>One thing to do now: an event of the script whose silo is known, or its undoing.</summary>
/// <param name="Event">Place in the script.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Silo">To which silo; −1 when nothing is done.</param>
/// <param name="Factor">Slow: how many times slower.</param>
/// <param name="Deadline">Leave: how long it may take, in seconds; NaN for the grid's own deadline.</param>
/// <param name="IsUndoing">True when it undoes the event.</param>
/// <param name="Skipped">Why nothing is done; null when something is.</param>
public readonly record struct ChaosStep(
    int Event, ChaosEventKind Kind, int Silo, double Factor, double Deadline, bool IsUndoing, string? Skipped)
{
    /// <summary>One line for people: <c>kill silo 2</c>.</summary>
    public override string ToString()
    {
        string what = Kind.ToString().ToLowerInvariant();
        if (Skipped is not null)
        {
            return $"{what} skipped: {Skipped}";
        }

        string factor = Kind != ChaosEventKind.Slow ? ""
            : Factor == 1 ? ", back at full speed"
            : string.Create(CultureInfo.InvariantCulture, $", {Factor} times");
        return string.Create(CultureInfo.InvariantCulture, $"{what} silo {Silo}{factor}");
    }
}
