using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid data fetch NAME</c> and <c>grid data list</c>.</summary>
internal static class DataVerb
{
    private const double MegaByte = 1e6;

    private static string[] Names => [.. PublicSet.All.Select(set => set.Name)];

    public static Command Create(Terminal terminal)
    {
        var set = new Argument<string>("set") { Description = $"Which data: {string.Join(", ", Names)}." };
        Option<string> data = SharedOptions.Data(terminal);
        Option<bool> json = SharedOptions.Json();
        var fetch = new Command("fetch", "Brings a public data set onto this machine and checks it.") { set, data, json };
        fetch.SetAction((parsed, cancellation) => FetchAsync(
            terminal, parsed.GetRequiredValue(set), parsed.GetRequiredValue(data), parsed.GetValue(json), cancellation));
        var list = new Command("list", "Says which public data sets there are, and which are here.") { data, json };
        list.SetAction(parsed => List(terminal, parsed.GetRequiredValue(data), parsed.GetValue(json)));
        return new Command("data", "Data sets.") { fetch, list };
    }

    private static int List(Terminal terminal, string folder, bool isJson)
    {
        var events = new EventWriter(terminal.Out);
        foreach (PublicSet set in PublicSet.All)
        {
            bool isHere = set.IsIn(folder);
            if (isJson)
            {
                events.Write("set", fields =>
                {
                    fields.Text("set", set.Name);
                    fields.Text("meaning", set.Meaning);
                    fields.Number("bytes", set.Size);
                    fields.Flag("here", isHere);
                });
            }
            else
            {
                terminal.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set.Name,-10} {set.Size / MegaByte,6:F1} MB  {(isHere ? "here  " : "absent")}  {set.Title}: {set.Meaning}"));
            }
        }

        if (isJson)
        {
            events.Write("completed", fields => fields.Number("sets", PublicSet.All.Count));
        }

        return ExitCodes.Done;
    }

    private static async Task<int> FetchAsync(
        Terminal terminal, string name, string folder, bool isJson, CancellationToken cancellation)
    {
        if (PublicSet.Find(name) is not { } set)
        {
            string hint = Suggestion.For(name, Names) is { } near ? $"Did you mean {near}?" : $"Use {string.Join(" or ", Names)}.";
            return Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, $"There is no data set {JobScalars.Quote(name)}.", hint));
        }

        (FetchReport? report, Failure? failure) = await SetFetch.RunAsync(
            set, folder, (isJson ? terminal.Error : terminal.Out).WriteLine, cancellation);
        if (failure is not null)
        {
            return Verdict.Failed(terminal, isJson, failure);
        }

        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", fields =>
            {
                fields.Text("set", name);
                fields.Text("folder", report!.Folder);
                fields.Number("bytes", report.Size);
                fields.Text("origin", report.Origin);
            });
        }

        return ExitCodes.Done;
    }
}
