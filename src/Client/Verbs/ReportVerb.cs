using System.CommandLine;
using OrleansSgd.Client.Pages;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid report RUN</c>: makes the page about a run again.</summary>
internal static class ReportVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run")
        {
            Description = "A run's folder, its events.jsonl, what --json printed, or a trace.jsonl.",
        };
        var file = new Option<string?>("--out") { Description = "The page; replaced when it exists. Beside what is read by default.", HelpName = "FILE" };
        var job = new Option<string?>("--job") { Description = "Which job, when there are several.", HelpName = "ID" };
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("report", "Makes the page about a run, report.html, from what the run left.") { run, file, job, json };
        verb.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(run), parsed.GetValue(file), parsed.GetValue(job), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(Terminal terminal, string source, string? file, string? job, bool isJson)
    {
        RunStory story;
        try
        {
            story = ReportFile.Read(source, job);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Verdict.Failed(
                terminal, isJson,
                new Failure(ExitCodes.BadInput, error.Message, "Name the folder of a run, such as runs/mnist-1."));
        }

        string folder = Directory.Exists(source) ? source : Path.GetDirectoryName(source) ?? "";
        string page = file ?? Path.Combine(folder, ReportFile.FileName);
        try
        {
            ReportFile.Write(story, page);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Verdict.Failed(
                terminal, isJson,
                new Failure(ExitCodes.RunFailed, $"The page cannot be written to {page}: {error.Message.TrimEnd('.')}.", "Name another file with --out."));
        }

        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", fields => fields.Text("report", page));
        }
        else
        {
            terminal.Out.WriteLine($"{page} is written.");
        }

        return ExitCodes.Done;
    }
}
