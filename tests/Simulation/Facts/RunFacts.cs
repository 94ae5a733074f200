namespace OrleansSgd.Simulation.Facts;

/// <summary>All facts of one run, in the order they happened.</summary>
internal sealed class RunFacts(FaultPlan plan)
{
    private readonly List<Fact> _all = [];

    public FaultPlan Plan => plan;

    public IReadOnlyList<Fact> All => _all;

    /// <summary>True when the run came to its end.</summary>
    public bool IsEnded => _all.Count > 0 && _all[^1] is Ended;

    public void Add(Fact fact) => _all.Add(fact);

    public IEnumerable<T> Of<T>() where T : Fact => _all.OfType<T>();
}
