using System.Diagnostics;
using System.Globalization;
using OrleansSgd.Benchmarks.Watching;
using OrleansSgd.Grains.Contracts;

// One run, measured in windows: alone, watched, alone, watched, … Each watched window is held against the mean of the two beside it, so that what else
// happens on the machine cancels out. Watchers live in this process; what they themselves cost the processors is told, because they share them with the run.
// Speed swings with whatever else the machine does; the processor time that the silo spends for a sample does so less.
//   dotnet artifacts/InProcess/bin/Watching/release/OrleansSgd.Watching.dll [--watchers 200] [--rounds 5] [--seconds 6] [--grid PATH]
int watchers = Option("--watchers", 200);
int rounds = Option("--rounds", 5);
int seconds = Option("--seconds", 6);
string program = Path.GetFullPath(Text("--grid", Path.Combine(AppContext.BaseDirectory, "../../Client/release/grid.dll")));
Console.WriteLine($"load of the machine before: {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");

await using GridProcess grid = await GridProcess.StartAsync(program);
await using GridClient console = await GridClient.OpenAsync(grid.Gateway);
string job = (await console.Grains.GetGrain<IGridGrain>(IGridGrain.Key).List())[0].Job;
IJobGrain grain = console.Grains.GetGrain<IJobGrain>(job);
while ((await grain.WaitFor(1000, 0)).Tickets < 1000)
{
    // Until it trains and everything is compiled.
}

var forms = new (string Name, Func<Task<Watchers>> Open)[]
{
    ("pages of the job", async () => await PageWatchers.OpenAsync(watchers, grid.Web, job)),
    ("consoles through the gateway", async () => await CallWatchers.OpenAsync(watchers, grid.Gateway, job)),
};
foreach ((string name, Func<Task<Watchers>> open) in forms)
{
    await using (await open())
    {
        await WindowAsync(null); // compiles what the form needs
    }

    var alone = new List<Window> { await WindowAsync(null) };
    var watched = new List<Window>();
    for (int round = 0; round < rounds; round++)
    {
        await using (Watchers crowd = await open())
        {
            watched.Add(await WindowAsync(crowd));
        }

        alone.Add(await WindowAsync(null));
    }

    Console.WriteLine($"{watchers} {name}, {rounds} windows of {seconds} s:");
    Compare(alone, watched, "speed", one => one.Speed);
    Compare(alone, watched, "processor time of the silo for a sample", one => one.Silo / one.Speed);
    Console.WriteLine($"  samples/s alone {Median([.. alone.Select(one => one.Speed)]):F0}, watched {Median([.. watched.Select(one => one.Speed)]):F0}");
    Console.WriteLine($"  processors used by the silo {Median([.. alone.Select(one => one.Silo)]):F2}, watched {Median([.. watched.Select(one => one.Silo)]):F2}; "
        + $"by the watchers themselves {Median([.. watched.Select(one => one.Own)]):F2}; each heard {Median([.. watched.Select(one => one.Heard)]) / watchers:F1} a second");
}

Console.WriteLine($"load of the machine after: {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
await grain.Cancel();

async Task<Window> WindowAsync(Watchers? crowd)
{
    using var self = Process.GetCurrentProcess();
    JobProgress before = await grain.Progress(int.MaxValue);
    long begin = Stopwatch.GetTimestamp();
    TimeSpan silo = grid.ProcessorTime;
    TimeSpan own = self.TotalProcessorTime;
    long heard = crowd?.Heard ?? 0;
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    JobProgress after = await grain.Progress(int.MaxValue);
    double took = Stopwatch.GetElapsedTime(begin).TotalSeconds;
    self.Refresh();
    return new Window(
        (after.Samples - before.Samples) / (after.Seconds - before.Seconds), (grid.ProcessorTime - silo).TotalSeconds / took,
        (self.TotalProcessorTime - own).TotalSeconds / took, ((crowd?.Heard ?? 0) - heard) / took);
}

static void Compare(List<Window> alone, List<Window> watched, string what, Func<Window, double> figure)
{
    double[] ratios = [.. watched.Select((window, i) => figure(window) / ((figure(alone[i]) + figure(alone[i + 1])) / 2)).Order()];
    double[] still = [.. alone.Skip(1).SkipLast(1).Select((window, i) => figure(window) / ((figure(alone[i]) + figure(alone[i + 2])) / 2)).Order()];
    Console.WriteLine($"  {what} × {Median(ratios):F3} ({ratios[0]:F3} to {ratios[^1]:F3}); "
        + $"without watchers, window against window × {Median(still):F3} ({still[0]:F3} to {still[^1]:F3})");
}

static double Median(double[] values)
{
    double[] ordered = [.. values.Order()];
    return ordered.Length == 0 ? double.NaN : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
}

int Option(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;

/// <summary>One window: samples a second; processors used by the silo and by this process; what the watchers heard a second.</summary>
internal sealed record Window(double Speed, double Silo, double Own, double Heard);
