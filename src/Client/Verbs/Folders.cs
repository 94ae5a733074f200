namespace OrleansSgd.Client.Verbs;

/// <summary>Where data and results lie when nobody says so.</summary>
internal static class Folders
{
    /// <summary>Set by ./grid to the folder of the checkout, so that data is fetched once, wherever the user stands.</summary>
    public const string HomeVariable = "GRID_HOME";

    /// <summary><c>data</c> of the checkout, or of the current folder.</summary>
    public static string Data(Terminal terminal) =>
        terminal.Variable(HomeVariable) is { Length: > 0 } home ? Path.Combine(home, "data") : "data";

    /// <summary><c>runs</c> of the current folder.</summary>
    public const string Runs = "runs";
}
