using System.CommandLine;
using System.Reflection;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid version</c>.</summary>
internal static class VersionVerb
{
    /// <summary>This program's version.</summary>
    public static string Version { get; } = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
        .InformationalVersion.Split('+')[0] ?? "unknown";

    public static Command Create(Terminal terminal)
    {
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("version", "Says which version this is and what it runs on.") { json };
        verb.SetAction(parsed => Run(terminal, parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, bool isJson)
    {
        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", fields =>
            {
                fields.Text("version", Version);
                fields.Text("runtime", RuntimeName.Short);
                fields.Text("dotnet", Environment.Version.ToString());
            });
        }
        else
        {
            terminal.Out.WriteLine($"grid {Version} on {RuntimeName.Long}, .NET {Environment.Version}");
        }

        return ExitCodes.Done;
    }
}
