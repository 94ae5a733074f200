using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>A view says of each shard what the shard held at that version, bit for bit, however it came together.</summary>
internal sealed class ViewCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        var lineage = new Lineage();
        var known = new Dictionary<(int Shard, int Life, long Version), float[]>();
        foreach (Fact fact in facts.All)
        {
            lineage.Take(fact);
            if (fact is not Viewed view)
            {
                continue;
            }

            // What a life held at one version does not change, so it is added up once.
            if (!known.TryGetValue((view.Shard, view.Life, view.Version), out float[]? slice))
            {
                slice = SumCheck.Sum(lineage.Contents(view.Shard, view.Life, view.Version), view.Slice.Length);
                known[(view.Shard, view.Life, view.Version)] = slice;
            }

            if (!slice.AsSpan().SequenceEqual(view.Slice))
            {
                return $"worker {view.Worker} sees [{string.Join(", ", view.Slice)}] as shard {view.Shard}, life {view.Life}, " +
                    $"version {view.Version}, which held [{string.Join(", ", slice)}]";
            }
        }

        return null;
    }
}
