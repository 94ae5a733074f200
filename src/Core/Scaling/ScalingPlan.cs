using System.Globalization;

namespace OrleansSgd.Core.Scaling;

/// <summary>How many silos a grid may have, and when another one is worth it.</summary>
public sealed record ScalingPlan
{
    /// <summary>Most silos of a grid.</summary>
    public const int SilosLimit = 10_000;

    /// <summary>Silos that are kept whatever there is to do; 1 or more.</summary>
    public int SilosMin { get; init; } = 1;

    /// <summary>Silos that are never exceeded; at least <see cref="SilosMin"/>.</summary>
    public int SilosMax { get; init; } = 1;

    /// <summary>Budget: silo-hours in all. What is left when it is spent is <see cref="SilosMin"/>; above 0, or ∞.</summary>
    public double SiloHoursMax { get; init; } = double.PositiveInfinity;

    /// <summary>How long a change is left alone, so that it can be measured. 1 s to 1 day; default 1 min.</summary>
    /// <remarks>Raise it when new silos take long to come up: what they bring is measured in its second half.</remarks>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Work that lasts longer than this is worth another silo. 1 s to 30 days; default 5 min.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Least that a new silo must bring, as a share of what the silos before it brought each; 0 to 1.</summary>
    public double GainMin { get; init; } = 0.5;

    /// <summary>Everything wrong with the plan.</summary>
    /// <param name="path">Where it stands, such as <c>scaling</c>.</param>
    public IEnumerable<string> Mistakes(string path)
    {
        if (SilosMin is < 1 or > SilosLimit)
        {
            yield return $"{path}.silosMin is {SilosMin}; use 1 to {SilosLimit}.";
        }

        if (SilosMax < SilosMin || SilosMax > SilosLimit)
        {
            yield return $"{path}.silosMax is {SilosMax}; use silosMin, {SilosMin}, to {SilosLimit}.";
        }

        if (!(SiloHoursMax > 0))
        {
            yield return $"{path}.siloHoursMax is {Text(SiloHoursMax)}; use a number above 0, or leave it out for no budget.";
        }

        if (CoolDown < TimeSpan.FromSeconds(1) || CoolDown > TimeSpan.FromDays(1))
        {
            yield return $"{path}.coolDown is {CoolDown}; use 1 s to 1 day.";
        }

        if (DrainTime < TimeSpan.FromSeconds(1) || DrainTime > TimeSpan.FromDays(30))
        {
            yield return $"{path}.drainTime is {DrainTime}; use 1 s to 30 days.";
        }

        if (!(GainMin >= 0 && GainMin <= 1))
        {
            yield return $"{path}.gainMin is {Text(GainMin)}; use 0 to 1.";
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
