namespace OrleansSgd.Client.Bench;

/// <summary>One thing that the grid and others do, measured in one unit.</summary>
/// <param name="Name">Tells it from every other comparison.</param>
/// <param name="Workload">What <c>--only</c> calls it; several comparisons may be of one workload.</param>
/// <param name="Title">What is done, with the sizes: a phrase.</param>
/// <param name="Measure">What is compared.</param>
/// <param name="Grid">The grid's side.</param>
/// <param name="Others">What it is compared with, one row each.</param>
internal sealed record Comparison(string Name, string Workload, string Title, Measure Measure, Contender Grid, IReadOnlyList<Contender> Others)
{
    /// <summary>The public data set that it reads; null for none.</summary>
    public string? Set { get; init; }

    /// <summary>Every side, the grid's first: the order of the turns within a round.</summary>
    public IEnumerable<Contender> Sides => Others.Prepend(Grid);
}

/// <summary>A number that programs print.</summary>
/// <param name="Field">Its name in their line of JSON.</param>
/// <param name="Unit">As a column's heading has it.</param>
/// <param name="IsLessBetter">True for times, false for speeds.</param>
internal sealed record Measure(string Field, string Unit, bool IsLessBetter = false)
{
    /// <summary>How many times as good one side is as another: the ratio of speeds, or the inverse one of times.</summary>
    public double Advantage(double grid, double other) => IsLessBetter ? other / grid : grid / other;
}

/// <summary>One side of a comparison: a program that prints a line of JSON.</summary>
/// <param name="System">Its row in tables; unlike any other of the comparison.</param>
/// <param name="Script">A script of benchmarks/peers; null for a program of the grid's own.</param>
/// <param name="Arguments">What the program is told.</param>
/// <param name="Factor">What is measured counts so many times: 2 where the ideal of two members is twice what one does.</param>
internal sealed record Contender(string System, string? Script, IReadOnlyList<string> Arguments, double Factor = 1)
{
    /// <summary>The grid's name in tables.</summary>
    public const string GridName = "orleans-sgd";

    /// <summary>Without a script: which program of benchmarks it is.</summary>
    public string Program { get; init; } = "Training";

    /// <summary>Two sides with equal commands are one run: it may be asked for several of the numbers that it prints.</summary>
    public string Command => string.Join(' ', Arguments.Prepend(Script ?? Program));

    /// <summary>The grid's side, from the words of its command.</summary>
    public static Contender OfGrid(string words) => new(GridName, null, words.Split(' '));

    /// <summary>A peer's side; the first word is its script.</summary>
    public static Contender OfPeer(string system, string words) =>
        words.Split(' ') is [{ } script, .. string[] arguments] ? new(system, script, arguments) : throw new ArgumentException("No script.", nameof(words));
}
