using System.Globalization;

namespace OrleansSgd.Core.Schedules;

/// <summary>The learning rate as a function of progress, as a job file says it.</summary>
/// <remarks>
/// <para>With e epochs of E done: constant is α. Steps is α · factorᵐ, where m milestones are at or before e. Cosine is
/// rateMin + ½(α − rateMin)(1 + cos(π e / E)). Inverse-sqrt is α / √(1 + e).</para>
/// <para>Any of them times the warm-up while e is below warmUpEpochs: (1 + 9 e / warmUpEpochs) / 10, from a tenth of the rate up to
/// all of it. It never begins at 0: gaps are measured in units of the rate.</para>
/// </remarks>
/// <param name="Kind"><c>constant</c>, <c>steps</c>, <c>cosine</c> or <c>inverse-sqrt</c>.</param>
/// <param name="Rate">α, per update; finite, above 0.</param>
/// <param name="Milestones">Steps: the epochs at which the rate is multiplied, ascending, above 0.</param>
/// <param name="Factor">Steps: by what, above 0 and below 1; default 0.1.</param>
/// <param name="RateMin">Cosine: the rate at the end of the run, 0 .. rate.</param>
/// <param name="WarmUpEpochs">Epochs until the full rate, 0 or more; a fraction is fine.</param>
public sealed record SchedulePlan(
    string Kind = SchedulePlan.Constant,
    double Rate = 0.1,
    IReadOnlyList<double>? Milestones = null,
    double Factor = 0.1,
    double RateMin = 0,
    double WarmUpEpochs = 0)
{
    /// <summary>The same rate throughout.</summary>
    public const string Constant = "constant";

    /// <summary>Multiplied by a factor at each milestone.</summary>
    public const string Steps = "steps";

    /// <summary>Half a cosine wave down to the least rate.</summary>
    public const string Cosine = "cosine";

    /// <summary>Falls as one over the square root of progress.</summary>
    public const string InverseSqrt = "inverse-sqrt";

    /// <summary>The rate after <paramref name="epoch"/> of <paramref name="epochsTotal"/> epochs.</summary>
    /// <param name="epoch">0 or more, fractions included; past the end cosine stays at its least.</param>
    /// <param name="epochsTotal">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Progress is negative or not a number, or the run has no length.</exception>
    /// <exception cref="InvalidOperationException">The kind is unknown: the plan has <see cref="Mistakes"/>.</exception>
    public double RateAt(double epoch, double epochsTotal)
    {
        if (!(epoch >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, "Progress is 0 epochs or more.");
        }

        if (!(epochsTotal > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epochsTotal), epochsTotal, "A run has more than 0 epochs.");
        }

        double rate = Kind switch
        {
            Constant => Rate,
            Steps => Rate * Math.Pow(Factor, MilestonesPassed(epoch)),
            Cosine => RateMin + (0.5 * (Rate - RateMin) * (1 + Math.Cos(Math.PI * Math.Min(epoch / epochsTotal, 1)))),
            InverseSqrt => Rate / Math.Sqrt(1 + epoch),
            _ => throw new InvalidOperationException($"Unknown schedule '{Kind}'."),
        };
        return epoch < WarmUpEpochs ? rate * (1 + (9 * epoch / WarmUpEpochs)) / 10 : rate;
    }

    /// <summary>Everything wrong with the plan, each with its key, its value and the remedy.</summary>
    /// <param name="prefix">The key this plan stands under, such as <c>schedule</c>.</param>
    public IEnumerable<string> Mistakes(string prefix)
    {
        if (Kind is not (Constant or Steps or Cosine or InverseSqrt))
        {
            yield return $"{prefix}.kind is '{Kind}'; use {Constant}, {Steps}, {Cosine} or {InverseSqrt}.";
        }

        if (!(double.IsFinite(Rate) && Rate > 0))
        {
            yield return $"{prefix}.rate is {Text(Rate)}; use a finite number above 0.";
        }

        if (!(double.IsFinite(WarmUpEpochs) && WarmUpEpochs >= 0))
        {
            yield return $"{prefix}.warmUpEpochs is {Text(WarmUpEpochs)}; use 0 or more.";
        }

        if (Kind == Cosine && !(RateMin >= 0 && RateMin <= Rate))
        {
            yield return $"{prefix}.rateMin is {Text(RateMin)}; use 0 up to the rate, {Text(Rate)}.";
        }

        if (Kind == Steps)
        {
            foreach (string mistake in StepMistakes(prefix))
            {
                yield return mistake;
            }
        }
        else if (Milestones is { Count: > 0 })
        {
            yield return $"{prefix}.milestones are given but {prefix}.kind is {Kind}; remove them or use {Steps}.";
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> StepMistakes(string prefix)
    {
        if (!(Factor > 0 && Factor < 1))
        {
            yield return $"{prefix}.factor is {Text(Factor)}; use a number above 0 and below 1.";
        }

        if (Milestones is null or { Count: 0 })
        {
            yield return $"{prefix}.kind is {Steps} without milestones; give {prefix}.milestones, such as [10, 15].";
            yield break;
        }

        double last = 0;
        for (int i = 0; i < Milestones.Count; i++)
        {
            if (!(double.IsFinite(Milestones[i]) && Milestones[i] > last))
            {
                yield return $"{prefix}.milestones[{i}] is {Text(Milestones[i])}; use ascending epochs above {Text(last)}.";
                yield break;
            }

            last = Milestones[i];
        }
    }

    private int MilestonesPassed(double epoch)
    {
        int passed = 0;
        while (Milestones is not null && passed < Milestones.Count && Milestones[passed] <= epoch)
        {
            passed++;
        }

        return passed;
    }
}
