using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation.Checks;

/// <summary>One thing that must hold in every run, whatever went wrong in it.</summary>
internal abstract class Check
{
    /// <summary>Every check of a single run.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new EndCheck(), new OnceCheck(), new SumCheck(), new ViewCheck(), new FenceCheck(), new DelayCheck(), new SampleCheck(),
        new AccountCheck(), new LedgerCheck(), new OrderCheck(),
    ];

    /// <summary>What is broken, with numbers; null when all is well.</summary>
    public abstract string? Breach(RunFacts facts);

    /// <summary>The first breach of any check, after a line with the seed and all rates; null when there is none.</summary>
    public static string? FirstBreach(RunFacts facts)
    {
        foreach (Check check in All)
        {
            if (check.Breach(facts) is { } breach)
            {
                return $"{facts.Plan}\n{check.GetType().Name}: {breach}";
            }
        }

        return null;
    }
}
