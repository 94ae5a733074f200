using System.CommandLine;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Experiments;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Studies;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid experiment NAME</c>: simulated runs that put the theory's questions to this system.</summary>
internal static class ExperimentVerb
{
    private const string FolderDefault = "docs";

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = $"Which: {string.Join(", ", StudyCatalog.Names)}." };
        var quick = new Option<bool>("--quick") { Description = "Fewer seeds and shorter runs: shows that everything works." };
        var seed = new Option<ulong>("--seed") { Description = "Everything random follows from it.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var folder = new Option<string>("--out")
        {
            Description = "Where experiments.md and the folder experiments/ with its plots are written.",
            HelpName = "DIR",
            DefaultValueFactory = _ => FolderDefault,
        };
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("experiment", "Simulates runs in virtual time and writes what they show.") { name, quick, seed, folder, json };
        verb.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                terminal, parsed.GetRequiredValue(name),
                new ExperimentOptions { IsQuick = parsed.GetValue(quick), Seed = parsed.GetValue(seed) },
                parsed.GetRequiredValue(folder), parsed.GetValue(json), cancellation),
            CancellationToken.None));
        return verb;
    }

    private static int Run(
        Terminal terminal, string name, ExperimentOptions options, string folder, bool isJson, CancellationToken cancellation)
    {
        IReadOnlyList<IStudy> studies = StudyCatalog.Named(name);
        if (studies.Count == 0)
        {
            string hint = Suggestion.For(name, StudyCatalog.Names) is { } near ? $"Did you mean {near}?" : $"Use {string.Join(", ", StudyCatalog.Names)}.";
            return Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, $"There is no experiment {JobScalars.Quote(name)}.", hint));
        }

        TextWriter progress = isJson ? terminal.Error : terminal.Out;
        List<StudySection> sections = [];
        foreach (IStudy study in studies)
        {
            sections.Add(study.Run(options, progress.WriteLine, cancellation));
        }

        IReadOnlyList<string> paths;
        try
        {
            paths = new ExperimentPage(options, sections).Write(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Verdict.Failed(
                terminal, isJson,
                new Failure(ExitCodes.RunFailed, $"The results cannot be written to {folder}: {error.Message.TrimEnd('.')}.", "Choose another folder with --out."));
        }

        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", fields => fields.List("files", paths));
        }
        else
        {
            terminal.Out.WriteLine($"{paths[0]} and {paths.Count - 1} plots are written.");
        }

        return ExitCodes.Done;
    }
}
