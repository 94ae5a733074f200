namespace OrleansSgd.Client.Settings;

/// <summary>One setting of a silo or a client: what it is called in each place, and what is said about it in help, errors and docs/configuration.md.</summary>
/// <param name="Key">In a configuration file, camel case.</param>
/// <param name="Variable">The environment variable.</param>
/// <param name="HelpName">What stands for the value in the help.</param>
/// <param name="Allowed">What a value may be; completes "use …".</param>
/// <param name="Default">What holds when nobody says anything.</param>
/// <param name="Meaning">One sentence.</param>
internal sealed record Setting(string Key, string Variable, string HelpName, string Allowed, string Default, string Meaning)
{
    /// <summary>On the command line: <c>--gateway-port</c>.</summary>
    public string Flag { get; } = "--" + string.Concat(Key.Select(letter => char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));

    /// <summary>A value that is a secret is read from the environment or from a file, never from the command line, which everybody can see.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A folder to a folder: several values, in the file as a list, elsewhere with the system's path separator between them.</summary>
    public bool IsList { get; init; }
}
