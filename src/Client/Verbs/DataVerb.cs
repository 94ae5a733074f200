using System.CommandLine;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid data fetch NAME</c>.</summary>
internal static class DataVerb
{
    /// <summary>The sets that can be fetched.</summary>
    private static readonly string[] Sets = ["mnist"];

    public static Command Create(Terminal terminal)
    {
        var set = new Argument<string>("set") { Description = $"Which data: {string.Join(", ", Sets)}." };
        Option<string> data = SharedOptions.Data(terminal);
        Option<bool> json = SharedOptions.Json();
        var fetch = new Command("fetch", "Brings a public data set onto this machine and checks it.") { set, data, json };
        fetch.SetAction((parsed, cancellation) => FetchAsync(
            terminal, parsed.GetRequiredValue(set), parsed.GetRequiredValue(data), parsed.GetValue(json), cancellation));
        return new Command("data", "Data sets.") { fetch };
    }

    private static async Task<int> FetchAsync(
        Terminal terminal, string set, string folder, bool isJson, CancellationToken cancellation)
    {
        if (!Sets.Contains(set))
        {
            string hint = Suggestion.For(set, Sets) is { } near ? $"Did you mean {near}?" : $"Use {string.Join(" or ", Sets)}.";
            return Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, $"There is no data set {JobScalars.Quote(set)}.", hint));
        }

        (FetchReport? report, Failure? failure) = await MnistFetch.RunAsync(
            folder, (isJson ? terminal.Error : terminal.Out).WriteLine, cancellation);
        if (failure is not null)
        {
            return Verdict.Failed(terminal, isJson, failure);
        }

        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", fields =>
            {
                fields.Text("set", set);
                fields.Text("folder", report!.Folder);
                fields.Number("bytes", report.Size);
                fields.Text("origin", report.Origin);
            });
        }

        return ExitCodes.Done;
    }
}
