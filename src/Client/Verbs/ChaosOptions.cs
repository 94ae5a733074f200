using System.CommandLine;
using OrleansSgd.Client.Chaos;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options of <c>grid chaos</c>: those of <c>grid train</c>, and the churn.</summary>
internal sealed class ChaosOptions(Terminal terminal)
{
    private readonly TrainOptions _train = new(terminal);

    private readonly Option<string?> _script = new("--script")
    {
        Description = "The churn, from a file; without it, it is drawn from the run's seed by the options below.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _events = new("--events")
    {
        Description = "What happens: join, leave, kill, slow, partition, with commas. Default kill.",
        HelpName = "LIST",
    };

    private readonly Option<string?> _every = Span("--every", "Mean time between two events of a kind, such as 30s, or 2000t for tickets. Default 30s.");
    private readonly Option<string?> _killEvery = Span("--kill-every", "The same for kills.");
    private readonly Option<string?> _restartAfter = Span("--restart-after", "After how long each event is undone. Default 2s.");
    private readonly Option<string?> _duration = Span("--duration", "How long the churn goes on; the job goes on to its end. Default 5m.");

    private readonly Option<string?> _hit = new("--hit")
    {
        Description = "Which silos are drawn: member spares the coordinator's. Default member.",
        HelpName = "member|random|coordinator",
    };

    private readonly Option<string?> _record = new("--record")
    {
        Description = "Writes what was done as a script: a new file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _compare = new("--compare")
    {
        Description = "Runs the job without churn too, and compares.",
    };

    /// <summary>Adds everything to the verb, in the order its help shows.</summary>
    public void AddTo(Command verb)
    {
        _train.AddTo(verb);
        Option[] own = [_script, _events, _every, _killEvery, _restartAfter, _duration, _hit, _record, _compare];
        for (int i = 0; i < own.Length; i++)
        {
            verb.Options.Insert(i, own[i]);
        }
    }

    /// <summary>What was asked for; mistakes of the options are with those of the job.</summary>
    public ChaosRequest Read(ParseResult parsed)
    {
        TrainRequest train = _train.Read(parsed);
        string? script = parsed.GetValue(_script);
        string? record = parsed.GetValue(_record);
        if (record is not null && (string.IsNullOrWhiteSpace(record) || Path.Exists(record)))
        {
            string what = Path.Exists(record) ? "exists already" : "is no file";
            train.Draft.MistakeOfOption($"--record is {JobScalars.Quote(record)}, which {what}; name a new file.");
        }

        if (script is null)
        {
            return new ChaosRequest(train, null, Rates(parsed, train.Draft), record, parsed.GetValue(_compare));
        }

        foreach (Option<string?> option in (Option<string?>[])[_events, _every, _killEvery, _restartAfter, _duration, _hit])
        {
            if (parsed.GetValue(option) is not null)
            {
                train.Draft.MistakeOfOption($"--script and {option.Name} are both given; keep one.");
            }
        }

        ChaosFileOutcome file = ChaosFile.Read(script);
        foreach (string mistake in file.Mistakes)
        {
            train.Draft.MistakeOfOption(mistake);
        }

        return new ChaosRequest(train, file.Script, null, record, parsed.GetValue(_compare));
    }

    private static Option<string?> Span(string name, string what) => new(name) { Description = what, HelpName = "TIME" };

    private ChaosRates Rates(ParseResult parsed, JobDraft draft)
    {
        int before = 0;
        ChaosTime every = Time(_every, "30s");
        ChaosTime killEvery = parsed.GetValue(_killEvery) is null ? every : Time(_killEvery, "30s");
        var kinds = new Dictionary<ChaosEventKind, ChaosTime>();
        string list = parsed.GetValue(_events) ?? "kill";
        foreach (string word in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ChaosFile.KindOf(word) is { } kind and not ChaosEventKind.Heal)
            {
                kinds[kind] = kind == ChaosEventKind.Kill ? killEvery : every;
            }
            else
            {
                string near = Suggestion.For(word, Enum.GetValues<ChaosEventKind>().Select(ChaosFile.NameOf)) is { } one ? $" Did you mean {one}?" : "";
                Mistake($"--events has {JobScalars.Quote(word)}; use join, leave, kill, slow, partition.{near}");
            }
        }

        if (!ChaosTarget.TryParse(parsed.GetValue(_hit) ?? "member", out ChaosTarget hit) || hit.Kind == ChaosTargetKind.Silo)
        {
            Mistake($"--hit is {JobScalars.Quote(parsed.GetValue(_hit)!)}; use member, random or coordinator.");
        }

        var rates = new ChaosRates { Every = kinds, Duration = Time(_duration, "5m"), RestartAfter = Time(_restartAfter, "2s"), Silos = hit };
        if (before == 0)
        {
            foreach (string mistake in rates.Mistakes())
            {
                draft.MistakeOfOption($"Of the churn, {mistake}");
            }
        }

        return rates;

        ChaosTime Time(Option<string?> option, string otherwise)
        {
            string text = parsed.GetValue(option) ?? otherwise;
            if (!ChaosTime.TryParse(text, out ChaosTime time))
            {
                Mistake($"{option.Name} is {JobScalars.Quote(text)}; use {ChaosTime.Wanted}.");
            }

            return time;
        }

        void Mistake(string text)
        {
            before++;
            draft.MistakeOfOption(text);
        }
    }
}

/// <summary>A run under churn as asked for.</summary>
/// <param name="Script">The churn; null when it is drawn by the rates.</param>
/// <param name="Rates">The rates; null when there is a script.</param>
/// <param name="Record">Where what was done is written; null for nowhere.</param>
/// <param name="IsCompared">Whether the job is run without churn too.</param>
internal sealed record ChaosRequest(TrainRequest Train, ChaosScript? Script, ChaosRates? Rates, string? Record, bool IsCompared);
