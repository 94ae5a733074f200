using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Chaos;

/// <summary>Churn as described: how often what happens. <see cref="Generate"/> turns it into a script.</summary>
public sealed record ChaosRates
{
    /// <summary>Slowest silo that is drawn; from twice on it is felt.</summary>
    public const double FactorDrawnMax = 8;

    private const double FactorDrawnMin = 2;

    /// <summary>Mean time between two events of a kind; kinds that are absent do not happen. Heals follow from partitions.</summary>
    public IReadOnlyDictionary<ChaosEventKind, ChaosTime> Every { get; init; } = new Dictionary<ChaosEventKind, ChaosTime>();

    /// <summary>When the churn ends. By the same clock as everything else.</summary>
    public required ChaosTime Duration { get; init; }

    /// <summary>After how long each event is undone.</summary>
    public required ChaosTime RestartAfter { get; init; }

    /// <summary>Which silos are drawn: <see cref="ChaosTarget.Member"/> spares the coordinator's.</summary>
    public ChaosTarget Silos { get; init; } = ChaosTarget.Member;

    /// <summary>Everything that is wrong, each with value and range.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Every.Count == 0)
        {
            yield return "events is empty; use one or more of join, leave, kill, slow, partition.";
        }

        foreach ((ChaosEventKind kind, ChaosTime every) in Every)
        {
            string name = kind.ToString().ToLowerInvariant();
            if (kind == ChaosEventKind.Heal)
            {
                yield return "events has heal, which follows each partition by itself; use partition.";
            }
            else if (!every.IsValid || every.Value <= 0)
            {
                yield return $"the time between two events of kind {name} is {every}; use more than 0.";
            }
            else if (every.Clock != Duration.Clock)
            {
                yield return $"the time between two events of kind {name} is {every}, but the duration is {Duration}; give both in time or both in tickets.";
            }
            else if (Duration.Value / every.Value > ChaosScript.EventsMax / 8)
            {
                yield return $"{Duration} has more events every {every} than the {ChaosScript.EventsMax / 8} that a script may have of a kind; use fewer.";
            }
        }

        if (!Duration.IsValid || Duration.Value <= 0)
        {
            yield return $"the duration is {Duration}; use more than 0.";
        }

        if (!RestartAfter.IsValid)
        {
            yield return $"the time to restart is {RestartAfter}; use {ChaosTime.Wanted}.";
        }
        else if (RestartAfter.Clock != Duration.Clock)
        {
            yield return $"the time to restart is {RestartAfter}, but the duration is {Duration}; give both in time or both in tickets.";
        }
    }

    /// <summary>The script: a pure function of seed and rates.</summary>
    /// <remarks>
    /// Two events of a kind are between half and one and a half times the mean apart, drawn evenly: regular enough that a run of a given length
    /// sees about as many as expected, irregular enough that no period of the run hides from them. Each kind draws from a stream of its
    /// own, so that asking for one more kind leaves the others' moments as they were.
    /// </remarks>
    /// <exception cref="ArgumentException">The rates have mistakes; the first is in the message.</exception>
    public ChaosScript Generate(ulong seed)
    {
        if (Mistakes().FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException(mistake);
        }

        var events = new List<ChaosEvent>();
        foreach (ChaosEventKind kind in Every.Keys.Order())
        {
            var random = new SeededRandom(seed, (ulong)kind + 1);
            double mean = Every[kind].Value;
            for (double at = Next(0); at < Duration.Value; at = Next(at))
            {
                events.Add(new ChaosEvent(new ChaosTime(Duration.Clock, at), kind, kind == ChaosEventKind.Join ? ChaosTarget.Random : Silos)
                {
                    Factor = kind == ChaosEventKind.Slow ? Factor(random) : 1,
                    UndoneAfter = RestartAfter,
                });
            }

            // Rounded to what is written: milliseconds, or whole tickets of which at least one passes.
            double Next(double from) => Duration.Clock == ChaosClock.Tickets
                ? Math.Max(from + 1, Math.Floor(from + (mean * (0.5 + random.NextDouble()))))
                : Math.Max(from + 1e-3, Math.Round(from + (mean * (0.5 + random.NextDouble())), 3));
        }

        return new ChaosScript(seed, [.. events.OrderBy(one => one.At.Value).ThenBy(one => one.Kind)]);
    }

    // One digit behind the point says all that such a number means.
    private static double Factor(SeededRandom random) =>
        Math.Round(FactorDrawnMin + ((FactorDrawnMax - FactorDrawnMin) * random.NextDouble()), 1);
}
