using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>No shard contains one ticket twice, on the whole line of lives that its result comes from.</summary>
internal sealed class OnceCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        Lineage lineage = Lineage.Of(facts);
        foreach (Read read in facts.Of<Read>())
        {
            var seen = new HashSet<long>();
            foreach (Pushed push in lineage.Contents(read.Shard, read.Life, read.Version))
            {
                if (!seen.Add(push.Header.Ticket))
                {
                    return $"shard {read.Shard} applied ticket {push.Header.Ticket} twice up to life {read.Life}, version {read.Version}";
                }
            }
        }

        return null;
    }
}
