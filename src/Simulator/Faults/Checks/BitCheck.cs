using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>A synchronous run gives the bits of the undisturbed run, whatever died in it.</summary>
/// <remarks>
/// Two things excuse it, and both can be seen in the facts. A round whose contributions died with everybody who had them is
/// counted as lost. And a contribution that died with its worker is computed again; where some shards had completed the
/// round by then, that is at a view of two rounds, which is another gradient.
/// </remarks>
internal static class BitCheck
{
    public static bool IsExcused(RunFacts facts) =>
        facts.Of<Ended>().Any(ended => ended.Totals.UpdatesLost > 0) || HasMixedView(facts);

    public static string? Breach(RunFacts facts, RunFacts undisturbed) => IsExcused(facts) ? null : Difference(facts, undisturbed);

    /// <summary>What differs from the undisturbed run, after the plan; null when no bit does.</summary>
    public static string? Difference(RunFacts facts, RunFacts undisturbed)
    {
        float[] result = ResultOf(facts);
        float[] expected = ResultOf(undisturbed);
        return result.AsSpan().SequenceEqual(expected)
            ? null
            : $"{facts.Plan}\nBitCheck: [{string.Join(", ", result)}], but undisturbed it is [{string.Join(", ", expected)}]";
    }

    /// <summary>True when the result contains an update that was computed at a view of more than one round.</summary>
    public static bool HasMixedView(RunFacts facts)
    {
        Lineage lineage = Lineage.Of(facts);
        Dictionary<(int, int, long), Computed> views = facts.Of<Computed>()
            .GroupBy(view => (view.Worker, view.Incarnation, view.Sequence))
            .ToDictionary(same => same.Key, same => same.Last());
        return facts.Of<Read>()
            .SelectMany(read => lineage.Contents(read.Shard, read.Life, read.Version))
            .Select(push => views[(push.Header.Worker, push.Header.Incarnation, push.Header.Sequence)])
            .Any(view => view.Versions.Any(version => version != view.Round));
    }

    // The slices in the order of the shards make x.
    private static float[] ResultOf(RunFacts facts) =>
        [.. facts.Of<Read>().OrderBy(read => read.Shard).SelectMany(read => read.Slice)];
}
