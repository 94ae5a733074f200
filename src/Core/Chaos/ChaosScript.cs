namespace OrleansSgd.Core.Chaos;

/// <summary>Churn as written down: the same script brings the same events, in the same order, to the same silos.</summary>
/// <remarks>
/// Events placed by tickets come at the same place of the run each time, give or take the tickets that pass before the event takes effect. Events placed by
/// seconds meet whatever the run has done by then. Either way the order and the silos are the script's and its seed's.
/// </remarks>
/// <param name="Seed">Every silo that is drawn follows from it.</param>
/// <param name="Events">In any order; <see cref="ChaosPlayer"/> sorts them by time, then by place in the list.</param>
public sealed record ChaosScript(ulong Seed, IReadOnlyList<ChaosEvent> Events)
{
    /// <summary>Most events of a script: one a second for a day, and more than anybody reads.</summary>
    public const int EventsMax = 100_000;

    /// <summary>True when no event is placed by seconds.</summary>
    public bool IsByTickets => Events.All(one => one.At.Clock == ChaosClock.Tickets && one.UndoneAfter is not { Clock: ChaosClock.Seconds });

    /// <summary>Everything that is wrong, each with the event's place in the list.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Events.Count > EventsMax)
        {
            yield return $"events has {Events.Count} entries; use at most {EventsMax}.";
        }

        for (int i = 0; i < Events.Count; i++)
        {
            foreach (string mistake in Events[i].Mistakes())
            {
                yield return $"events[{i}].{mistake}";
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(ChaosScript? other) => other is not null && Seed == other.Seed && Events.SequenceEqual(other.Events);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Seed, Events.Count);
}
