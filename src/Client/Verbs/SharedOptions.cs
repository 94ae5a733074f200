using System.CommandLine;

namespace OrleansSgd.Client.Verbs;

/// <summary>Options that mean the same in every verb.</summary>
internal static class SharedOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print events as JSON, one object a line, and nothing else.",
    };

    /// <summary><c>--data DIR</c>.</summary>
    public static Option<string> Data(Terminal terminal) => new("--data")
    {
        Description = "Where data sets lie; relative paths of job files start here.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Folders.Data(terminal),
    };
}
