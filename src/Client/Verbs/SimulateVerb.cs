using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Planning;
using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid simulate</c>: forecasts a job on a described cluster, or plays the protocol under the faults of a seed.</summary>
internal static class SimulateVerb
{
    private const ulong SeedDefault = 1;

    // Played twice a second or so; more than an evening's are a mistake.
    private const long SeedsMax = 100_000_000;

    public static Command Create(Terminal terminal)
    {
        var seed = new Option<string?>("--seed") { Description = "Plays the faults of this seed; of a forecast, what is drawn. Default 1.", HelpName = "N" };
        var seeds = new Option<string?>("--seeds") { Description = "Plays so many seeds, from --seed on.", HelpName = "K" };
        var mode = new Option<string?>("--mode") { Description = "One mode only; forecasts are of async unless told otherwise.", HelpName = "M" };
        var validate = new Option<bool>("--validate") { Description = "Runs small real jobs in this process and shows how far forecasts of them are off." };
        var quick = new Option<bool>("--quick") { Description = "Validates with shorter runs." };
        var plan = new PlanOptions();
        Option<bool> json = SharedOptions.Json();
        var verb = new Command(
            "simulate",
            """
            Forecasts a job on a described cluster, or plays the protocol under faults.
              grid simulate --workers 10000 --shards 512 --churn 0.5/h    delay, B, bytes, time, what deaths cost
              grid simulate --seed 42                                     one fault simulation, again
              grid simulate --seeds 1000 --mode bsp                       a thousand of them
              grid simulate --validate                                    forecasts against real runs
            """)
        {
            seed, seeds, mode, validate, quick,
        };
        plan.AddTo(verb);
        verb.Options.Add(json);
        verb.SetAction((parsed, interrupted) => Task.Run(
            () =>
            {
                bool isJson = parsed.GetValue(json);
                var mistakes = new List<string>();
                ulong first = Seed(parsed.GetValue(seed), mistakes);
                long count = Count(parsed.GetValue(seeds), mistakes);
                string? one = Mode(parsed.GetValue(mode), mistakes);
                IReadOnlyList<string> described = plan.Given(parsed);
                bool isPlan = described.Contains("--workers");
                bool plays = parsed.GetValue(seeds) is not null || (parsed.GetValue(seed) is not null && !isPlan && !parsed.GetValue(validate));
                int asked = (isPlan ? 1 : 0) + (plays ? 1 : 0) + (parsed.GetValue(validate) ? 1 : 0);
                if (asked == 0)
                {
                    mistakes.Add(described.Count > 0
                        ? $"{described[0]} is given without --workers; say how many workers the forecast is for."
                        : "simulate is not told what; use --workers for a forecast, --seed for faults, or --validate.");
                }
                else if (asked > 1 || (described.Count > 0 && !isPlan))
                {
                    mistakes.Add("A forecast (--workers), faults (--seeds, or --seed without --workers) and --validate are asked for at once; keep one.");
                }

                return mistakes.Count > 0 ? Task.FromResult(Refuse(terminal, isJson, mistakes))
                    : parsed.GetValue(validate) ? SimulateValidation.RunAsync(terminal, isJson, parsed.GetValue(quick), first, interrupted)
                    : Task.FromResult(isPlan ? Forecast(terminal, isJson, plan.Read(parsed, one), first)
                        : SimulateFaults.Run(terminal, isJson, one, first, count, interrupted));
            },
            CancellationToken.None));
        return verb;
    }

    private static int Forecast(Terminal terminal, bool isJson, PlanRequest request, ulong seed)
    {
        if (request.Mistakes.Count > 0)
        {
            return Refuse(terminal, isJson, request.Mistakes);
        }

        PlanForecast forecast = Planner.Forecast(request.Cluster, request.Job, seed);
        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", json => PlanJson.Write(json, request.Cluster, request.Job, forecast, seed));
            return ExitCodes.Done;
        }

        foreach (string line in PlanText.Lines(request.Cluster, request.Job, forecast))
        {
            terminal.Out.WriteLine(line);
        }

        return ExitCodes.Done;
    }

    private static int Refuse(Terminal terminal, bool isJson, IReadOnlyList<string> mistakes) => Verdict.Failed(
        terminal, isJson,
        mistakes.Count == 1
            ? new Failure(ExitCodes.BadInput, mistakes[0], "'grid simulate --help' shows what it takes.")
            : new Failure(ExitCodes.BadInput, $"The simulation has {mistakes.Count} mistakes.", "'grid simulate --help' shows what it takes.")
            {
                Mistakes = mistakes,
            });

    private static ulong Seed(string? text, List<string> mistakes)
    {
        if (text is null)
        {
            return SeedDefault;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
        {
            return seed;
        }

        mistakes.Add($"--seed is {JobScalars.Quote(text)}; use a whole number, 0 to {ulong.MaxValue}.");
        return 0;
    }

    private static long Count(string? text, List<string> mistakes)
    {
        if (text is null)
        {
            return 1;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= 1 && count <= SeedsMax)
        {
            return count;
        }

        mistakes.Add($"--seeds is {JobScalars.Quote(text)}; use a whole number, 1 to {SeedsMax}.");
        return 0;
    }

    private static string? Mode(string? text, List<string> mistakes)
    {
        if (text is not null && !RunPlan.Modes.Contains(text))
        {
            string near = Suggestion.For(text, RunPlan.Modes) is { } known ? $" Did you mean {known}?" : "";
            mistakes.Add($"--mode is {JobScalars.Quote(text)}; use {string.Join(", ", RunPlan.Modes)}.{near}");
        }

        return text;
    }
}
