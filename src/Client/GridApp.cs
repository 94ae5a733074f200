using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Running;
using OrleansSgd.Client.Verbs;

namespace OrleansSgd.Client;

/// <summary>The command line: finds the verb, runs it, and turns whatever happens into one exit code.</summary>
internal static class GridApp
{
    /// <summary>Runs the program.</summary>
    /// <param name="interrupted">Cancelled by Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken interrupted)
    {
        ParseResult parsed = CreateRoot(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool isJson = args.Contains("--json");
        if (parsed.Action is not HelpAction && parsed.Errors.Count > 0)
        {
            return Refuse(parsed, terminal, isJson);
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            Verdict.Cancelled(terminal, isJson);
            return ExitCodes.Interrupted;
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            if (args.Contains("debug"))
            {
                await terminal.Error.WriteLineAsync(defect.ToString());
            }

            return Verdict.Failed(
                terminal, isJson,
                new Failure(
                    ExitCodes.RunFailed,
                    $"Something went wrong that should not ({defect.GetType().Name}: {defect.Message.TrimEnd('.')}).",
                    "Run it again with --log debug and report what it prints."));
        }
    }

    /// <summary>The whole command line.</summary>
    internal static RootCommand CreateRoot(Terminal terminal)
    {
        var root = new RootCommand("OrleansSgd: trains models by stochastic gradient descent on a grid of silos.");
        foreach (Option option in root.Options.ToArray())
        {
            if (option is VersionOption)
            {
                root.Options.Remove(option);
            }
        }

        root.Subcommands.Add(TrainVerb.Create(terminal));
        root.Subcommands.Add(CertifyVerb.Create(terminal));
        root.Subcommands.Add(DataVerb.Create(terminal));
        root.Subcommands.Add(ExperimentVerb.Create(terminal));
        root.Subcommands.Add(ReportVerb.Create(terminal));
        root.Subcommands.Add(SimulateVerb.Create(terminal));
        root.Subcommands.Add(BenchVerb.Create(terminal));
        root.Subcommands.Add(ChaosVerb.Create(terminal));
        root.Subcommands.Add(SiloVerb.Create(terminal));
        root.Subcommands.Add(SubmitVerb.Create(terminal));
        root.Subcommands.Add(WatchVerb.Create(terminal));
        root.Subcommands.Add(JobVerbs.List(terminal));
        root.Subcommands.Add(JobVerbs.Show(terminal));
        root.Subcommands.Add(LogsVerb.Create(terminal));
        root.Subcommands.Add(ScaleVerb.Create(terminal));
        root.Subcommands.Add(JobVerbs.Pause(terminal));
        root.Subcommands.Add(JobVerbs.Resume(terminal));
        root.Subcommands.Add(JobVerbs.Cancel(terminal));
        root.Subcommands.Add(ExportVerb.Create(terminal));
        root.Subcommands.Add(DoctorVerb.Create(terminal));
        root.Subcommands.Add(CompletionVerb.Create(terminal));
        root.Subcommands.Add(CompletionVerb.CreateAsked(terminal, root));
        root.Subcommands.Add(VersionVerb.Create(terminal));
        return root;
    }

    private static int Refuse(ParseResult parsed, Terminal terminal, bool isJson)
    {
        Command at = parsed.CommandResult.Command;
        string[] verbs = [.. at.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];
        string error;
        if (verbs.Length == 0)
        {
            error = string.Join(' ', parsed.Errors.Select(one => one.Message is [.., '.' or '?'] ? one.Message : one.Message + "."));
        }
        else if (parsed.UnmatchedTokens is [{ } word, ..])
        {
            string near = Suggestion.For(word, verbs) is { } verb ? $" Did you mean {verb}?" : "";
            error = $"{Path(parsed.CommandResult)} has no {JobScalars.Quote(word)}; use {string.Join(", ", verbs)}.{near}";
        }
        else
        {
            error = $"{Path(parsed.CommandResult)} needs a verb; use {string.Join(", ", verbs)}.";
        }

        return Verdict.Failed(
            terminal, isJson,
            new Failure(ExitCodes.BadInput, error, $"'{Path(parsed.CommandResult)} --help' shows what it takes."));
    }

    private static string Path(CommandResult command) => command.Parent is CommandResult parent
        ? $"{Path(parent)} {command.Command.Name}"
        : "grid";
}
