using System.CommandLine;
using OrleansSgd.Client.Experiments;
using OrleansSgd.Client.Reports;
using OrleansSgd.Data;
using OrleansSgd.Data.Fetch;
using OrleansSgd.Experiments.Cnn;
using OrleansSgd.Experiments.Pages;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid experiment cnn</c>: a deep network trained by the grid itself, with and without compression and feedback.</summary>
internal sealed class ExperimentCnn(Terminal terminal)
{
    private readonly Option<int?> _samples = Whole("--samples", "cnn: training samples, the first of the set.");
    private readonly Option<int?> _epochs = Whole("--epochs", "cnn: passes over them.");
    private readonly Option<int?> _seeds = Whole("--seeds", "cnn: seeds of each setting.");
    private readonly Option<string> _data = SharedOptions.Data(terminal);

    /// <summary>Adds the options that only this experiment takes.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_samples, _epochs, _seeds, _data])
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>The first of these options that was given though another experiment was asked for; null for none.</summary>
    public string? Misplaced(ParseResult parsed) =>
        ((Option[])[_samples, _epochs, _seeds]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Makes the runs and writes what they show.</summary>
    /// <param name="folder">Where experiments.md lies.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(ParseResult parsed, bool isQuick, ulong seed, string folder, bool isJson, CancellationToken cancellation)
    {
        CnnOptions standard = isQuick ? CnnOptions.Quick : new CnnOptions();
        CnnOptions options = standard with
        {
            Samples = parsed.GetValue(_samples) ?? standard.Samples,
            Epochs = parsed.GetValue(_epochs) ?? standard.Epochs,
            SeedCount = parsed.GetValue(_seeds) ?? standard.SeedCount,
            Seed = seed,
        };
        string[] mistakes = [.. options.Mistakes()];
        if (mistakes.Length > 0)
        {
            return Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, string.Join(' ', mistakes)));
        }

        if (CnnOnGrid.Missing(options) is { } missing)
        {
            return Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, missing));
        }

        TextWriter progress = isJson ? terminal.Error : terminal.Out;
        string data = parsed.GetRequiredValue(_data);
        var cache = new DataCache();
        (DataSets? sets, Failure? unreadable) = await OpenAsync(cache, options.Data, data, progress.WriteLine, cancellation);
        if (sets is null)
        {
            return Verdict.Failed(terminal, isJson, unreadable!);
        }

        try
        {
            CnnPage.Write(folder, []); // what cannot be written is known before the first run, not after the last
            var grid = new CnnOnGrid(options, cache, data);
            IReadOnlyList<CnnRun> runs = await new CnnStudy(options).RunAsync(
                grid.RunAsync, done => CnnPage.Write(folder, done), progress.WriteLine, cancellation);
            GC.KeepAlive(sets); // the cache holds them weakly
            StudySection section = CnnSection.Of(options, runs, CommandOf(options, standard), Environment.ProcessorCount);
            IReadOnlyList<string> paths = CnnPage.Write(folder, section, runs);
            if (isJson)
            {
                new EventWriter(terminal.Out).Write("completed", fields => fields.List("files", paths));
            }
            else
            {
                terminal.Out.WriteLine($"Section ({section.Letter}) of {paths[0]}, {paths[1]} and {paths.Count - 2} plots are written.");
            }

            return ExitCodes.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Verdict.Failed(terminal, isJson, Unwritable(folder, error));
        }
    }

    /// <summary>Results that cannot be written.</summary>
    public static Failure Unwritable(string folder, Exception error) => new(
        ExitCodes.RunFailed, $"The results cannot be written to {folder}: {error.Message.TrimEnd('.')}.", "Choose another folder with --out.");

    private static async Task<(DataSets? Sets, Failure? Failure)> OpenAsync(
        DataCache cache, DataPlan plan, string folder, Action<string> say, CancellationToken cancellation)
    {
        if (PublicSet.Of(plan) is { } set && !set.IsIn(folder))
        {
            say($"{set.Title} is not in {Path.GetFullPath(folder)} yet.");
            (_, Failure? absent) = await SetFetch.RunAsync(set, folder, say, cancellation);
            if (absent is not null)
            {
                return (null, absent);
            }
        }

        try
        {
            return (cache.Open(plan, folder), null);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (null, new Failure(ExitCodes.BadInput, error.Message));
        }
    }

    // As it is typed to make the same runs again.
    private static string CommandOf(CnnOptions options, CnnOptions standard)
    {
        string command = $"./grid experiment {CnnStudy.Name} --seed {options.Seed}{(options.IsQuick ? " --quick" : "")}";
        (string, int, int)[] numbers =
        [
            ("--samples", options.Samples, standard.Samples), ("--epochs", options.Epochs, standard.Epochs),
            ("--seeds", options.SeedCount, standard.SeedCount),
        ];
        foreach ((string option, int value, int otherwise) in numbers)
        {
            command += value == otherwise ? "" : string.Create(null, $" {option} {value}");
        }

        return command;
    }

    private static Option<int?> Whole(string name, string what) => new(name) { Description = what, HelpName = "N" };
}
