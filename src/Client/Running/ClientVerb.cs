using System.CommandLine;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Settings;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary>What a verb that talks to a running grid works with.</summary>
/// <param name="Place">Which grid it is.</param>
/// <param name="Grains">The way to it.</param>
internal sealed record ClientSession(Terminal Terminal, bool IsJson, ClientPlace Place, IGrainFactory Grains)
{
    /// <summary>The grid's front door.</summary>
    public IGridGrain Door => Grains.GetGrain<IGridGrain>(IGridGrain.Key);

    /// <summary>One of its jobs.</summary>
    public IJobGrain Job(string job) => Grains.GetGrain<IJobGrain>(job);

    /// <summary>A line for people; with --json on standard error, so that standard output is events alone.</summary>
    public void Say(string line) => (IsJson ? Terminal.Error : Terminal.Out).WriteLine(line);

    /// <summary>An event for programs; nothing without --json.</summary>
    public void Tell(string name, Action<EventFields> fields)
    {
        if (IsJson)
        {
            new EventWriter(Terminal.Out).Write(name, fields);
        }
    }
}

/// <summary>Makes a verb that talks to a running grid: its options, the connection, and what becomes of trouble with it.</summary>
internal sealed class ClientVerb
{
    private readonly Terminal _terminal;
    private readonly SettingsReader _settings = new(GridSettings.OfClients);
    private readonly Option<bool> _json = SharedOptions.Json();

    /// <param name="description">One sentence.</param>
    /// <param name="examples">Command lines that the help shows.</param>
    public ClientVerb(Terminal terminal, string name, string description, params string[] examples)
    {
        _terminal = terminal;
        Command = new Command(name, HelpText.With(description, examples));
    }

    /// <summary>The verb; its own arguments and options are added before <see cref="Run"/>.</summary>
    public Command Command { get; }

    /// <summary>Ends the making of the verb.</summary>
    /// <param name="body">What it does with a grid that answers.</param>
    public Command Run(Func<ParseResult, ClientSession, CancellationToken, Task<Failure?>> body)
    {
        foreach (Option option in _settings.Options)
        {
            Command.Options.Add(option);
        }

        Command.Options.Add(_json);
        Command.SetAction(async (parsed, interrupted) =>
        {
            bool isJson = parsed.GetValue(_json);
            Failure? failure = await RunAsync(parsed, isJson, body, interrupted);
            return failure?.Code switch
            {
                null => ExitCodes.Done,
                ExitCodes.Interrupted => ExitCodes.Interrupted,
                ExitCodes.CheckFailed => Verdict.CheckFailed(_terminal, failure),
                _ => Verdict.Failed(_terminal, isJson, failure),
            };
        });
        return Command;
    }

    /// <summary>The settings of clients, as a verb that connects by itself reads them.</summary>
    public ClientPlace Read(ParseResult parsed, List<string> mistakes) => ClientPlace.Of(_settings.Read(parsed, _terminal, mistakes), mistakes);

    private async Task<Failure?> RunAsync(
        ParseResult parsed, bool isJson, Func<ParseResult, ClientSession, CancellationToken, Task<Failure?>> body, CancellationToken interrupted)
    {
        var mistakes = new List<string>();
        ClientPlace place = Read(parsed, mistakes);
        if (mistakes.Count > 0)
        {
            return SettingsMistakes.Of(mistakes);
        }

        (GridConnection? opened, Failure? unreachable) = await GridConnection.OpenAsync(place, _terminal.Time, interrupted);
        if (opened is null)
        {
            return unreachable;
        }

        await using GridConnection connection = opened;
        try
        {
            return await body(parsed, new ClientSession(_terminal, isJson, place, connection.Grains), interrupted);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            return GridConnection.Unreachable(place, error);
        }
    }
}
