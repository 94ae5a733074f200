namespace OrleansSgd.Client;

/// <summary>Where the program writes, and what it may ask of its surroundings.</summary>
/// <param name="Out">Standard output: results, and nothing but events with --json.</param>
/// <param name="Error">Standard error: everything else.</param>
/// <param name="IsTerminal">True when somebody watches <paramref name="Out"/>.</param>
/// <param name="Variable">Environment variables.</param>
/// <param name="Time">Every clock of the program.</param>
internal sealed record Terminal(
    TextWriter Out, TextWriter Error, bool IsTerminal, Func<string, string?> Variable, TimeProvider Time)
{
    /// <summary>True when the output may move the cursor and use colours: a real terminal whose user did not forbid it.</summary>
    public bool IsLive => IsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") is not "dumb";

    /// <summary>This process's own.</summary>
    public static Terminal Standard() => new(
        Console.Out, Console.Error, !Console.IsOutputRedirected, Environment.GetEnvironmentVariable, TimeProvider.System);
}
