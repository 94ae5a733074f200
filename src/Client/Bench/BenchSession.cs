using System.Text;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;

namespace OrleansSgd.Client.Bench;

/// <summary>One session: measures, says what comes, and leaves a folder with everything.</summary>
/// <param name="run">Runs one program to its end.</param>
internal sealed class BenchSession(Terminal terminal, bool isJson, Func<Contender, CancellationToken, Task<BenchLine>> run)
{
    private const string EventsName = "events.jsonl";
    private const string FolderName = "bench";

    /// <summary>Measures.</summary>
    /// <returns>An exit code: 4 when a side of the grid itself gave nothing. A missing peer and a missed goal are told, and are no failure.</returns>
    public async Task<int> RunAsync(BenchRequest request, IReadOnlyList<Comparison> comparisons, CancellationToken interrupted)
    {
        try
        {
            using RunFolder folder = RunFolder.Open(request.Folder, FolderName);
            return await RunAsync(request, comparisons, folder, interrupted);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Verdict.Failed(
                terminal, isJson,
                new Failure(ExitCodes.RunFailed, $"Results cannot be written: {error.Message.TrimEnd('.')}.", "Choose another folder with --out."));
        }
    }

    private async Task<int> RunAsync(BenchRequest request, IReadOnlyList<Comparison> comparisons, RunFolder folder, CancellationToken interrupted)
    {
        TextWriter people = isJson ? terminal.Error : terminal.Out;
        await using StreamWriter file = new(Path.Combine(folder.Staging, EventsName), append: false, new UTF8Encoding(false));
        EventWriter[] logs = isJson ? [new(file), new(terminal.Out)] : [new(file)];
        MachineFacts machine = MachineFacts.Here(terminal.Time);
        Array.ForEach(logs, log => BenchEvents.Machine(log, machine));
        var runner = new BenchRunner(run, CacheLine.RoundTripNanoseconds);
        bool isWhole = true;
        try
        {
            await runner.RunAsync(
                comparisons, request.Rounds,
                (one, gap) =>
                {
                    Measure measure = comparisons.First(comparison => comparison.Name == (one?.Comparison ?? gap!.Comparison)).Measure;
                    people.WriteLine(BenchText.Told(measure, one, gap));
                    Array.ForEach(logs, log => BenchEvents.Told(log, measure, one, gap));
                },
                interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && runner.Runs.Count > 0)
        {
            isWhole = false; // what has been measured is kept, and judged as far as it goes
        }

        machine = machine with { RoundTrips = runner.RoundTrips };
        BenchResult result = BenchResult.Of(comparisons, runner.Runs, runner.Gaps, Goal.All);
        Array.ForEach(logs, log => BenchEvents.Result(log, result, runner.Versions));
        await file.DisposeAsync();
        await WriteAsync(Path.Combine(folder.Staging, BenchPage.FileName), BenchPage.Of(result, machine, runner.Versions));
        if (request.Document is { } document)
        {
            await WriteAsync(document, BenchDocument.Of(result, machine, runner.Versions, request.Command));
        }

        string kept = folder.Keep();
        foreach (string line in BenchText.Lines(result))
        {
            people.WriteLine(line);
        }

        people.WriteLine($"{Path.Combine(kept, BenchPage.FileName)} has all of it.");
        return Close(result, comparisons, kept, isWhole);
    }

    private int Close(BenchResult result, IReadOnlyList<Comparison> comparisons, string folder, bool isWhole)
    {
        if (!isWhole)
        {
            Verdict.Cancelled(terminal, isJson);
            return ExitCodes.Interrupted;
        }

        if (result.Gaps.FirstOrDefault(gap => comparisons.Any(one => one.Name == gap.Comparison && one.Grid.System == gap.System)) is { } failed)
        {
            return Verdict.Failed(
                terminal, isJson,
                new Failure(ExitCodes.RunFailed, $"The grid's own side of {failed.Comparison} gave no figure. {failed.Reason}", $"The rest is in {folder}."));
        }

        if (isJson)
        {
            BenchEvents.Completed(new EventWriter(terminal.Out), result, folder);
        }

        return ExitCodes.Done;
    }

    // Under another name first, so that nobody ever finds half of it.
    private static async Task WriteAsync(string path, string text)
    {
        string unfinished = path + ".new";
        await File.WriteAllTextAsync(unfinished, text, new UTF8Encoding(false));
        File.Move(unfinished, path, overwrite: true);
    }
}
