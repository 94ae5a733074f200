using System.CommandLine;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Client.Planning;

/// <summary>The options of <c>grid simulate</c> that describe a job and a cluster.</summary>
internal sealed class PlanOptions
{
    // As text: what is not a number is then refused in the same words, with its option.
    private readonly List<(PlanSetting Setting, Option<string?> Option)> _settings =
    [
        .. PlanSettings.All.Select(setting => (setting, new Option<string?>(setting.Option)
        {
            Description = setting.What,
            HelpName = setting.HelpName,
        })),
    ];

    /// <summary>Adds everything to the verb, in the order its help shows.</summary>
    public void AddTo(Command verb)
    {
        foreach ((_, Option<string?> option) in _settings)
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>The options that were given.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. _settings.Where(one => parsed.GetResult(one.Option) is not null).Select(one => one.Setting.Option)];

    /// <summary>What was asked for, or every mistake in it.</summary>
    /// <param name="mode">The mode; async when null.</param>
    public PlanRequest Read(ParseResult parsed, string? mode)
    {
        var draft = new PlanDraft { Job = new() { Mode = mode ?? RunPlan.Async } };
        foreach ((PlanSetting setting, Option<string?> option) in _settings)
        {
            if (parsed.GetValue(option) is { } text)
            {
                setting.Read(draft, text);
            }
        }

        return draft.Finish();
    }
}
