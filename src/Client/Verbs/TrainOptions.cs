using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Settings;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options of <c>grid train</c>, and of every verb that trains.</summary>
internal sealed class TrainOptions
{
    private static readonly (string Key, string What)[] Overridden =
    [
        ("silos", "Silos in this process."),
        ("workers", "Workers."),
        ("epochs", "Passes over the training data."),
        ("seed", "Seed of the run."),
    ];

    /// <summary>What <c>--log</c> takes.</summary>
    internal static readonly Dictionary<string, LogLevel> Levels = new()
    {
        ["none"] = LogLevel.None,
        ["error"] = LogLevel.Error,
        ["warning"] = LogLevel.Warning,
        ["info"] = LogLevel.Information,
        ["debug"] = LogLevel.Debug,
    };

    private readonly Argument<string?> _job = new("job.yaml")
    {
        Description = "The job to train; without it the built-in one, which trains LeNet-5 on MNIST.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Where results go: a new folder for each run.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Folders.Runs,
    };

    private readonly Option<string> _log = new("--log")
    {
        Description = "What the silos' log shows on standard error.",
        HelpName = string.Join('|', Levels.Keys),
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Where the trace goes instead of the run's folder: a new file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _noTrace = new("--no-trace")
    {
        Description = "Write no trace; the run cannot be certified afterwards.",
    };

    // As text: the job file's own checks then judge them, with the same words.
    private readonly List<(string Key, Option<string?> Option)> _overrides =
        [.. Overridden.Select(one => (one.Key, new Option<string?>("--" + one.Key)
        {
            Description = $"{one.What} Wins over the job file.",
            HelpName = "N",
        }))];

    private readonly Option<string?> _store = SharedOptions.Store();
    private readonly Option<double> _checkpoint = SharedOptions.Checkpoint();
    private readonly Option<int?> _computeThreads = SharedOptions.ComputeThreads();
    private readonly Option<int?> _intraOpThreads = SharedOptions.IntraOpThreads();
    private readonly Option<string?> _processors = SharedOptions.Processors();
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly Option<string> _data;

    public TrainOptions(Terminal terminal) => _data = SharedOptions.Data(terminal);

    /// <summary>Adds everything to the verb, in the order its help shows.</summary>
    public void AddTo(Command verb)
    {
        _job.Validators.Add(argument =>
        {
            // A misspelt option would otherwise be taken for the name of a file.
            if (argument.Tokens is [{ Value: ['-', ..] word }])
            {
                string near = Suggestion.For(word, verb.Options.Select(option => option.Name)) is { } name ? $" Did you mean {name}?" : "";
                argument.AddError($"{verb.Name} has no option {JobScalars.Quote(word)}.{near}");
            }
        });
        verb.Arguments.Add(_job);
        foreach ((_, Option<string?> option) in _overrides)
        {
            verb.Options.Add(option);
        }

        verb.Options.Add(_out);
        verb.Options.Add(_trace);
        verb.Options.Add(_noTrace);
        verb.Options.Add(_store);
        verb.Options.Add(_checkpoint);
        verb.Options.Add(_computeThreads);
        verb.Options.Add(_intraOpThreads);
        verb.Options.Add(_processors);
        verb.Options.Add(_data);
        verb.Options.Add(_json);
        verb.Options.Add(_log);
    }

    /// <summary>What was asked for.</summary>
    public TrainRequest Read(ParseResult parsed)
    {
        JobDraft draft = parsed.GetValue(_job) is { } path ? JobFile.Load(path) : JobFile.LoadEmbedded();
        foreach ((string key, Option<string?> option) in _overrides)
        {
            if (parsed.GetValue(option) is { } text)
            {
                draft.Override(key, text);
            }
        }

        string level = parsed.GetRequiredValue(_log);
        if (!Levels.TryGetValue(level.ToLowerInvariant(), out LogLevel least))
        {
            draft.MistakeOfOption(string.Create(
                CultureInfo.InvariantCulture,
                $"--log is {JobScalars.Quote(level)}; use {string.Join(", ", Levels.Keys)}."));
        }

        string? trace = parsed.GetValue(_trace);
        bool isTraced = !parsed.GetValue(_noTrace);
        if (trace is not null && !isTraced)
        {
            draft.MistakeOfOption("--trace and --no-trace are both given; keep one.");
        }
        else if (trace is not null && string.IsNullOrWhiteSpace(trace))
        {
            draft.MistakeOfOption("--trace is empty; name a file, or leave it out for one in the run's folder.");
        }

        string? store = parsed.GetValue(_store);
        double checkpoint = parsed.GetRequiredValue(_checkpoint);
        int? computeThreads = parsed.GetValue(_computeThreads);
        int? intraOpThreads = parsed.GetValue(_intraOpThreads);
        foreach (string mistake in SharedOptions.StoreMistakes(store, checkpoint).Concat(SharedOptions.ThreadMistakes(computeThreads, intraOpThreads)))
        {
            draft.MistakeOfOption(mistake);
        }

        ProcessorPins? pins = null;
        if (parsed.GetValue(_processors) is { } processors)
        {
            (pins, string? remedy) = ProcessorChoice.Read(processors);
            if (remedy is not null)
            {
                draft.MistakeOfOption(new SettingValue(processors, "--processors").Mistake(remedy));
            }
        }

        return new TrainRequest(
            draft, parsed.GetRequiredValue(_out), parsed.GetRequiredValue(_data), parsed.GetValue(_json), least, isTraced, trace, store, checkpoint,
            computeThreads, intraOpThreads, pins);
    }
}

/// <summary>One run as asked for.</summary>
/// <param name="Out">Parent of the run's folder.</param>
/// <param name="Data">The data folder.</param>
/// <param name="Log">The least level that is shown.</param>
/// <param name="IsTraced">Whether a trace is written.</param>
/// <param name="Trace">The file for it; null for one in the run's folder.</param>
/// <param name="Store">Where the job is kept; null for nowhere.</param>
/// <param name="CheckpointSeconds">How often.</param>
/// <param name="ComputeThreads">Of each silo; null for an even share of the processors.</param>
/// <param name="IntraOpThreads">Of each gradient; null for an even share.</param>
/// <param name="Pins">What compute threads are pinned to; null for wherever the system puts them.</param>
internal sealed record TrainRequest(
    JobDraft Draft, string Out, string Data, bool IsJson, LogLevel Log, bool IsTraced = true, string? Trace = null, string? Store = null,
    double CheckpointSeconds = 10, int? ComputeThreads = null, int? IntraOpThreads = null, ProcessorPins? Pins = null)
{
    /// <summary>What the silos of the run are told.</summary>
    /// <param name="silos">How many share this machine: together they use each processor once.</param>
    /// <param name="plan">The job.</param>
    public void Configure(GridOptions options, int silos, JobPlan plan)
    {
        int processors = Pins?.Processors.Count ?? Environment.ProcessorCount;
        ThreadShare share = ModelCatalog.IsTorch(plan.Model.Kind)
            ? ThreadShare.Of(processors, silos, Math.Min(plan.Run.Workers, processors))
            : ThreadShare.Of(processors, silos);
        options.DataFolder = Data;
        options.ComputeThreads = ComputeThreads ?? share.ComputeThreads;
        options.IntraOpThreads = IntraOpThreads ?? share.IntraOpThreads;
        options.Pins = Pins;
        options.Store = Store ?? "";
        options.CheckpointPeriod = TimeSpan.FromSeconds(CheckpointSeconds);
    }
}
