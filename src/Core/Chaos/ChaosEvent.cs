using System.Globalization;

namespace OrleansSgd.Core.Chaos;

/// <summary>One event of a script.</summary>
/// <param name="At">When, since the run began.</param>
/// <param name="Kind">What.</param>
/// <param name="Silo">To which silo. A join without a number takes the lowest number that is free.</param>
public sealed record ChaosEvent(ChaosTime At, ChaosEventKind Kind, ChaosTarget Silo)
{
    /// <summary>Largest <see cref="Factor"/>: a silo that is slower still has stopped, which is another event.</summary>
    public const double FactorMax = 1000;

    /// <summary>Slow: how many times slower the silo computes; 1 to <see cref="FactorMax"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>After how long it is undone; null when it is not.</summary>
    /// <remarks>
    /// A silo that left or was killed comes again under its number, a partitioned one is healed and comes again, a slow one has its speed back, and
    /// one that joined leaves. May be by the other clock than <see cref="At"/>.
    /// </remarks>
    public ChaosTime? UndoneAfter { get; init; }

    /// <summary>Leave: how long the silo may take; null for the grid's own deadline.</summary>
    public ChaosTime? Deadline { get; init; }

    /// <summary>The name that script files have for <see cref="UndoneAfter"/>: a kill is followed by a restart, slowness lasts.</summary>
    public static string NameOfUndone(ChaosEventKind kind) => kind is ChaosEventKind.Join or ChaosEventKind.Slow ? "lasts" : "restartAfter";

    /// <summary>What is wrong with the event, each with key, value and range.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (!At.IsValid)
        {
            yield return $"at is {At}; use {ChaosTime.Wanted}.";
        }

        if (!double.IsFinite(Factor) || Factor is < 1 or > FactorMax)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"factor is {Factor}; use 1 to {FactorMax}.");
        }
        else if (Factor != 1 && Kind != ChaosEventKind.Slow)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"factor is {Factor}, but only slow has one; remove it, or use event: slow.");
        }

        if (UndoneAfter is { } undone)
        {
            if (!undone.IsValid)
            {
                yield return $"{NameOfUndone(Kind)} is {undone}; use {ChaosTime.Wanted}.";
            }
            else if (Kind == ChaosEventKind.Slow && Factor == 1)
            {
                yield return $"lasts is {undone}, but factor 1 changes nothing; give a factor above 1, or remove lasts.";
            }
        }

        if (Deadline is { } deadline)
        {
            if (Kind != ChaosEventKind.Leave)
            {
                yield return $"deadline is {deadline}, but only leave has one; remove it, or use event: leave.";
            }
            else if (!deadline.IsValid || deadline.Clock != ChaosClock.Seconds)
            {
                yield return $"deadline is {deadline}; use seconds, such as 10s.";
            }
        }

        if (Kind == ChaosEventKind.Join && Silo.Kind is ChaosTargetKind.Coordinator or ChaosTargetKind.Member)
        {
            yield return $"silo is {Silo}, but who joins has no role yet; give a number, or leave it out for the lowest that is free.";
        }
    }
}
