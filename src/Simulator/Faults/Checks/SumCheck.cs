using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>The result is x₀ − Σ of the updates it is said to contain, bit for bit.</summary>
internal sealed class SumCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        Lineage lineage = Lineage.Of(facts);
        foreach (Read read in facts.Of<Read>())
        {
            float[] sum = Sum(lineage.Contents(read.Shard, read.Life, read.Version), read.Slice.Length);
            if (!sum.AsSpan().SequenceEqual(read.Slice))
            {
                return $"shard {read.Shard}, life {read.Life}, version {read.Version} holds [{string.Join(", ", read.Slice)}], " +
                    $"but its updates make [{string.Join(", ", sum)}]";
            }
        }

        return null;
    }

    /// <summary>x₀ = 0 less the updates, in their order.</summary>
    public static float[] Sum(IEnumerable<Pushed> contents, int length)
    {
        float[] sum = new float[length];
        foreach (Pushed push in contents)
        {
            for (int i = 0; i < length; i++)
            {
                sum[i] -= push.Update[i];
            }
        }

        return sum;
    }
}
