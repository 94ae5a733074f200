using System.Globalization;

namespace OrleansSgd.Core.Scaling;

/// <summary>How many silos a grid should have: a pure function of the work left, what silos have brought, the budget and the limits.</summary>
/// <remarks>
/// <para>A silo is added while the work would last longer than the drain time, and taken away when no work is left, when it
/// brought less than the least gain, or when the budget ends. It is not taken away because the end of the work comes near: the same work on
/// fewer silos takes as many silo-hours and more time.</para>
/// <para>Limits come first: the answer is within [silosMin, silosMax], and what is above silosMin can be paid for until the
/// cool-down is over. Within those, nothing changes during a cool-down. More silos than were found worthwhile are not asked for again, so
/// a scale-out that did not pay is undone once.</para>
/// </remarks>
public static class AutoscalePolicy
{
    // However long the work: what twice the silos bring is seen before four times as many are asked for.
    private const int GrowthMax = 2;

    /// <summary>Decides.</summary>
    /// <param name="plan">A plan without mistakes.</param>
    /// <param name="reading">What is known now.</param>
    public static ScalingDecision Decide(ScalingPlan plan, ScalingReading reading)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(reading);
        TimeSpan quiet = reading.LastChange is { } change ? plan.CoolDown - (reading.Now - change.At) : TimeSpan.Zero;
        bool isCooling = quiet > TimeSpan.Zero;
        int affordable = Affordable(plan, reading.SiloHoursUsed, isCooling ? quiet : plan.CoolDown);
        int most = Math.Max(plan.SilosMin, Math.Min(plan.SilosMax, affordable));
        if (reading.Silos < plan.SilosMin)
        {
            return new(plan.SilosMin, $"{Count(reading.Silos)} are up, fewer than the least, {plan.SilosMin}.");
        }

        if (reading.Silos > most)
        {
            return new(most, affordable < plan.SilosMax
                ? Text($"{plan.SiloHoursMax - reading.SiloHoursUsed:F2} of {plan.SiloHoursMax:F2} silo-hours are left, which pays for {Count(most)}.")
                : $"{Count(reading.Silos)} are up, more than the most, {plan.SilosMax}.");
        }

        return isCooling
            ? new(reading.Silos, Text($"The last change is cooling down for another {quiet.TotalSeconds:F0} s."))
            : Wish(plan, reading, most, affordable);
    }

    private static ScalingDecision Wish(ScalingPlan plan, ScalingReading reading, int most, int affordable)
    {
        int silos = reading.Silos;
        if (reading.SamplesLeft <= 0)
        {
            return new(plan.SilosMin, "No job has samples left.");
        }

        if (reading.LastChange is { } change && change.To == silos && change.IsPoor(plan.GainMin))
        {
            return new(
                Math.Clamp(change.From, plan.SilosMin, most),
                Text($"Each silo above {change.From} brought {change.Gain:P0} of what one brought before, less than {plan.GainMin:P0}."));
        }

        if (!(reading.SamplesPerSecond > 0))
        {
            return new(silos, $"The throughput of {Count(silos)} is not measured yet.");
        }

        double seconds = reading.SamplesLeft / reading.SamplesPerSecond;
        string work = Text($"{reading.SamplesLeft} samples are left, {seconds:F0} s of work for {Count(silos)}");
        if (seconds <= plan.DrainTime.TotalSeconds)
        {
            return new(silos, Text($"{work}, at most the {plan.DrainTime.TotalSeconds:F0} s that nobody is added for."));
        }

        if (reading.SilosWorthwhile is { } worthwhile && worthwhile <= silos)
        {
            return new(silos, $"{work}, but more than {Count(worthwhile)} did not pay.");
        }

        if (silos >= most)
        {
            return new(silos, affordable < plan.SilosMax ? $"{work}, but the budget pays for no more." : $"{work}, but {plan.SilosMax} is the most.");
        }

        double needed = Math.Ceiling(silos * seconds / plan.DrainTime.TotalSeconds);
        int wanted = (int)Math.Min(Math.Min(needed, (double)GrowthMax * silos), Math.Min(most, reading.SilosWorthwhile ?? most));
        return new(wanted, $"{work}.");
    }

    /// <summary>Silos that what is left of the budget pays for over a time.</summary>
    private static int Affordable(ScalingPlan plan, double used, TimeSpan time)
    {
        double left = (plan.SiloHoursMax - used) / time.TotalHours;
        return left >= plan.SilosMax ? plan.SilosMax : left > 0 ? (int)left : 0;
    }

    private static string Count(int silos) => silos == 1 ? "1 silo" : $"{silos} silos";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
