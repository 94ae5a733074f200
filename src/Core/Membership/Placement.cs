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

    /// <summary>The fewest moves after which no silo has two members more than another.</summary>
    /// <param name="current">[members]; the silo of each; those on silos that are not in the list, or on none, stay out of it.</param>
    /// <param name="silos">The live silos, at least one, sorted.</param>
    public static IReadOnlyList<(int Member, string Silo)> Balance(IReadOnlyList<string?> current, IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(silos);
        ArgumentOutOfRangeException.ThrowIfLessThan(silos.Count, 1);
        List<int>[] members = [.. silos.Select(silo => Enumerable.Range(0, current.Count).Where(i => current[i] == silo).ToList())];
        var moves = new List<(int, string)>();
        while (true)
        {
            int fullest = IndexOf(members, members.Max(list => list.Count));
            int emptiest = IndexOf(members, members.Min(list => list.Count));
            if (members[fullest].Count - members[emptiest].Count < 2)
            {
                return moves;
            }

            int moved = members[fullest][^1];
            members[fullest].RemoveAt(members[fullest].Count - 1);
            members[emptiest].Insert(0, moved); // it is not moved on from there
            moves.Add((moved, silos[emptiest]));
        }
    }

    private static int IndexOf(List<int>[] members, int count) => Array.FindIndex(members, list => list.Count == count);
}
