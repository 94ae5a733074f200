using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>One thing that must hold in every run, whatever went wrong in it.</summary>
internal abstract class Check
{
    /// <summary>Every check of a single run.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new EndCheck(), new OnceCheck(), new SumCheck(), new ViewCheck(), new FenceCheck(), new DelayCheck(), new SampleCheck(), new SampleReasonCheck(),
        new AccountCheck(), new LedgerCheck(), new OrderCheck(), new LifeCheck(), new ProgressCheck(), new KeepCheck(),
    ];

    /// <summary>What is broken, with numbers; null when all is well.</summary>
    public abstract string? Breach(RunFacts facts);

    /// <summary>The breaches of all checks, one each at most, with the check's name.</summary>
    public static string[] Breaches(RunFacts facts) =>
    [
        .. from check in All
           let breach = check.Breach(facts)
           where breach is not null
           select $"{check.GetType().Name}: {breach}",
    ];

    /// <summary>The first breach of any check, after a line with the seed and all rates; null when there is none.</summary>
    public static string? FirstBreach(RunFacts facts) =>
        Breaches(facts) is [{ } first, ..] ? $"{facts.Plan}\n{first}" : null;
}
