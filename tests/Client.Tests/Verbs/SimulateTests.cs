using System.Text.Json;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>Goal: forecasts, fault simulations and validations are asked for and told in one way. Method: the whole verb, in process.</summary>
public sealed class SimulateTests
{
    private static readonly string[] Plan = ["simulate", "--workers", "64", "--shards", "16", "--churn", "20/h", "--samples", "1e7", "--gradient-norm", "2"];

    [Fact]
    public async Task A_forecast_tells_rate_delay_bound_bytes_time_and_what_deaths_cost()
    {
        GridRun run = await GridRun.InProcessAsync(Plan);

        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("64 workers and 16 shards on 4 silos, async, 1 000 000 parameters: a forecast", run.Lines[0], StringComparison.Ordinal);
        Assert.Equal(
            ["throughput", "delay", "B", "network", "time", "checkpoints", "recovery", "note"],
            run.Lines.Skip(1).Select(line => line.Trim().Split(' ')[0]));
    }

    [Fact]
    public async Task A_forecast_is_the_same_for_the_same_seed_and_only_then()
    {
        GridRun first = await GridRun.InProcessAsync(Plan);
        GridRun again = await GridRun.InProcessAsync([.. Plan, "--seed", "1"]);
        GridRun other = await GridRun.InProcessAsync([.. Plan, "--seed", "2"]);

        Assert.Equal(first.Out, again.Out);
        Assert.NotEqual(first.Out, other.Out);
    }

    [Fact]
    public async Task A_forecast_as_json_is_one_event_with_the_same_figures()
    {
        GridRun run = await GridRun.InProcessAsync(
            [.. Plan, "--json", "--mode", "ssp", "--loss-target", "0.5", "--loss-start", "2", "--curve-samples", "1e6"]);

        JsonElement json = Event(Assert.Single(run.Lines), "completed");
        Assert.Equal(
            ("ssp", 64, "loss curve"),
            (json.GetProperty("mode").GetString(), json.GetProperty("workers").GetInt32(), json.GetProperty("targetLaw").GetString()));
        Assert.True(json.GetProperty("ends").GetBoolean() && json.GetProperty("reachesTarget").GetBoolean());
        Assert.Equal(3e6, json.GetProperty("targetSamples").GetDouble(), 1e-6);
        Assert.All(
            ["updatesPerSecond", "delayMean", "boundMetered", "bytesPushed", "seconds", "bytesRecovered", "bytesStored", "targetSeconds"],
            name => Assert.True(json.GetProperty(name).GetDouble() > 0, $"{name} is {json.GetProperty(name)}"));
        Assert.False(json.TryGetProperty("boundExpected", out _)); // σ was not given
    }

    [Fact]
    public async Task A_target_that_noise_keeps_out_of_reach_is_never_reached()
    {
        GridRun run = await GridRun.InProcessAsync([.. Plan, "--gradient-target", "0.001", "--loss-fall", "2", "--smoothness", "1"]);

        Assert.Contains(run.Lines, line => line.Contains("never, by the certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("simulate is not told what; use --workers for a forecast, --seed for faults, or --validate.")]
    [InlineData("--shards is given without --workers; say how many workers the forecast is for.", "--shards", "4")]
    [InlineData("--seeds, or --seed without --workers) and --validate are asked for at once; keep one.", "--workers", "4", "--validate")]
    [InlineData("--seeds, or --seed without --workers) and --validate are asked for at once; keep one.", "--workers", "4", "--seeds", "4")]
    [InlineData("--workers is 0; use 1 to 10000.", "--workers", "0")]
    [InlineData("--workers is '1.5'; use a whole number, such as 1000 or 1e3.", "--workers", "1.5")]
    [InlineData("--churn is '5/year'; use deaths per silo and time, such as 0.5/h, 2/min or 1/day.", "--workers", "4", "--churn", "5/year")]
    [InlineData("--gradient-seconds is -1; use a finite number above 0.", "--workers", "4", "--gradient-seconds", "-1")]
    [InlineData("--mode is 'asinc'; use async, bsp, ssp, norm-bounded, variance-bounded, adaptive. Did you mean async?", "--workers", "4", "--mode", "asinc")]
    [InlineData("--mode adaptive is not planned; use async, bsp, ssp.", "--workers", "4", "--mode", "adaptive")]
    [InlineData("--seed is '-3'; use a whole number, 0 to 18446744073709551615.", "--seed", "-3")]
    [InlineData("--seeds is '0'; use a whole number, 1 to 100000000.", "--seeds", "0")]
    [InlineData("--loss-floor is 3; use a number below lossStart, 2.", "--workers", "4", "--loss-target", "1", "--loss-start", "2", "--loss-floor", "3", "--curve-samples", "1")]
    public async Task What_makes_no_sense_is_refused(string error, params string[] args)
    {
        GridRun plain = await GridRun.InProcessAsync(["simulate", .. args]);
        GridRun json = await GridRun.InProcessAsync(["simulate", .. args, "--json"]);

        Assert.Equal((ExitCodes.BadInput, ""), (plain.ExitCode, plain.Out));
        Assert.Contains(error, Assert.Single(plain.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, json.ExitCode);
        Assert.Equal(ExitCodes.BadInput, Event(Assert.Single(json.Lines), "failed").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Every_mistake_of_a_plan_is_named()
    {
        GridRun run = await GridRun.InProcessAsync("simulate", "--workers", "0", "--shards", "x", "--bandwidth", "0", "--noise", "2");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Equal(
            ["--shards is", "--bandwidth is", "--workers is", "--noise is", "grid: The simulation has 4 mistakes."],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Zip([2, 2, 2, 2, 6], (line, words) => string.Join(' ', line.Split(' ').Take(words))));
    }

    [Fact]
    public async Task A_seed_is_played_in_its_mode_and_told_with_its_rates_first()
    {
        GridRun run = await GridRun.InProcessAsync("simulate", "--seed", "7", "--mode", "bsp");
        GridRun again = await GridRun.InProcessAsync("simulate", "--seed", "7", "--mode", "bsp");

        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        Assert.Contains("7", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("bsp", run.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("1 run, ", run.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(run.Out, again.Out);
    }

    [Fact]
    public async Task Several_seeds_are_played_in_order_in_every_mode()
    {
        GridRun run = await GridRun.InProcessAsync("simulate", "--seed", "5", "--seeds", "2", "--json");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        JsonElement[] played = [.. run.Lines.SkipLast(1).Select(line => Event(line, "simulated"))];
        Assert.Equal([.. Enumerable.Repeat(5, 6), .. Enumerable.Repeat(6, 6)], played.Select(one => one.GetProperty("seed").GetInt32()));
        Assert.Equal(6, played.Take(6).Select(one => one.GetProperty("mode").GetString()).Distinct().Count());
        JsonElement end = Event(run.Lines[^1], "completed");
        Assert.Equal((12, 0), (end.GetProperty("runs").GetInt32(), end.GetProperty("runsBroken").GetInt32()));
        Assert.Equal(played.Sum(one => one.GetProperty("events").GetInt64()), end.GetProperty("events").GetInt64());
    }

    [Fact]
    public async Task An_interrupt_ends_it()
    {
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();

        GridRun run = await GridRun.InProcessAsync(interrupted.Token, "simulate", "--seeds", "1000000");

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
    }

    [Fact]
    public async Task A_validation_holds_forecasts_against_real_runs()
    {
        GridRun run = await GridRun.InProcessAsync("simulate", "--validate", "--quick", "--json");

        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, run.Error));
        JsonElement[] settings = [.. run.Lines.SkipLast(1).Select(line => Event(line, "validated"))];
        Assert.Equal(settings.Length, Event(run.Lines[^1], "completed").GetProperty("settings").GetInt32());
        Assert.Equal(["async", "ssp", "bsp"], settings.Select(one => one.GetProperty("mode").GetString()).Distinct());
        foreach (JsonElement one in settings)
        {
            bool isRounds = one.GetProperty("mode").GetString() == "bsp";
            Assert.True(one.GetProperty("updatesPerSecond").GetDouble() > 0 && one.GetProperty("updatesPerSecondForecast").GetDouble() > 0, one.ToString());
            Assert.Equal(isRounds, one.GetProperty("delayMean").GetDouble() == 0);
            Assert.Equal(isRounds, one.GetProperty("delayMeanForecast").GetDouble() == 0);
            Assert.Equal(isRounds, one.GetProperty("boundForecast").GetDouble() == 0);
        }
    }

    private static JsonElement Event(string line, string name)
    {
        JsonElement json = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;
        Assert.Equal(name, json.GetProperty("event").GetString());
        return json;
    }
}
