using System.CommandLine;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Experiments;
using OrleansSgd.Experiments.Cnn;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Studies;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid experiment NAME</c>: runs that put the theory's questions to this system, simulated but for <see cref="ExperimentCnn"/>.</summary>
internal static class ExperimentVerb
{
    private const string FolderDefault = "docs";

    private static IReadOnlyList<string> Names { get; } = [.. StudyCatalog.Names, CnnStudy.Name];

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = $"Which: {string.Join(", ", Names)}." };
        var quick = new Option<bool>("--quick") { Description = "Fewer seeds and shorter runs: shows that everything works." };
        var seed = new Option<ulong>("--seed") { Description = "Everything random follows from it.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var folder = new Option<string>("--out")
        {
            Description = "Where experiments.md and the folder experiments/ with its plots are written.",
            HelpName = "DIR",
            DefaultValueFactory = _ => FolderDefault,
        };
        Option<bool> json = SharedOptions.Json();
        var cnn = new ExperimentCnn(terminal);
        var verb = new Command("experiment", "Makes runs, in virtual time or (cnn) on the grid, and writes what they show.") { name, quick, seed, folder };
        cnn.AddTo(verb);
        verb.Options.Add(json);
        verb.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                bool isQuick = parsed.GetValue(quick);
                string word = parsed.GetRequiredValue(name);
                string results = parsed.GetRequiredValue(folder);
                return word == CnnStudy.Name
                    ? cnn.RunAsync(parsed, isQuick, parsed.GetValue(seed), results, parsed.GetValue(json), cancellation)
                    : Task.FromResult(Run(
                        terminal, word, new ExperimentOptions { IsQuick = isQuick, Seed = parsed.GetValue(seed) }, cnn.Misplaced(parsed), results,
                        parsed.GetValue(json), cancellation));
            },
            CancellationToken.None));
        return verb;
    }

    private static int Run(
        Terminal terminal, string name, ExperimentOptions options, string? misplaced, string folder, bool isJson, CancellationToken cancellation)
    {
        if (misplaced is not null)
        {
            return Verdict.Failed(
                terminal, isJson, new Failure(ExitCodes.BadInput, $"{misplaced} is for {CnnStudy.Name} only.", "Leave it out; --quick makes shorter runs."));
        }

        IReadOnlyList<IStudy> studies = StudyCatalog.Named(name);
        if (studies.Count == 0)
        {
            string hint = Suggestion.For(name, Names) is { } near ? $"Did you mean {near}?" : $"Use {string.Join(", ", Names)}.";
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
            return Verdict.Failed(terminal, isJson, ExperimentCnn.Unwritable(folder, error));
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
