namespace OrleansSgd.Core.Membership;

/// <summary>Where workers and shards go: spread evenly, and whatever lives stays where it is.</summary>
public static class Placement
{
    /// <summary>Chooses a silo for every member that has none, or whose silo is gone.</summary>
    /// <param name="current">[members]; the silo of each, or null.</param>
    /// <param name="silos">The live silos, at least one. Order decides ties, so give it sorted.</param>
    /// <returns>[members]; the silo of each.</returns>
    public static string[] Spread(IReadOnlyList<string?> current, IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(silos);
        ArgumentOutOfRangeException.ThrowIfLessThan(silos.Count, 1);
        int[] load = new int[silos.Count];
        string[] placed = new string[current.Count];
        var position = new Dictionary<string, int>(silos.Count, StringComparer.Ordinal);
        for (int i = 0; i < silos.Count; i++)
        {
            position[silos[i]] = i;
        }

        for (int i = 0; i < placed.Length; i++)
        {
            if (current[i] is { } silo && position.TryGetValue(silo, out int index))
            {
                placed[i] = silo;
                load[index]++;
            }
        }

        for (int i = 0; i < placed.Length; i++)
        {
            if (placed[i] is null)
            {
                int lightest = Array.IndexOf(load, load.Min());
                placed[i] = silos[lightest];
                load[lightest]++;
            }
        }

        return placed;
    }
}
