namespace OrleansSgd.Experiments.Cnn;

/// <summary>(f) A deep network on the grid itself: every setting with every seed, one run after the other.</summary>
/// <remarks>
/// Unlike the other studies it is not simulated: runs share the machine's processors, so they are made one at a time, and what depends on
/// time (delays, and with them B and all that follows from the order of updates) comes out a little different each time.
/// </remarks>
public sealed class CnnStudy(CnnOptions options)
{
    /// <summary>What the section is found by.</summary>
    public const string Letter = "f";

    /// <summary>What it is asked for by.</summary>
    public const string Name = "cnn";

    /// <summary>Makes one run on the grid.</summary>
    public delegate Task<CnnRun> Runner(CnnSetting setting, ulong seed, CancellationToken cancellation);

    /// <summary>Makes all runs. Seeds are the outer loop: what is kept of a study that is interrupted compares all settings.</summary>
    /// <param name="keep">Given all runs so far whenever one is done: there may be hours between the first and the last.</param>
    /// <param name="progress">Told of every run that is done.</param>
    /// <returns>In the order in which they were made.</returns>
    public async Task<IReadOnlyList<CnnRun>> RunAsync(
        Runner runner, Action<IReadOnlyList<CnnRun>> keep, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(keep);
        ArgumentNullException.ThrowIfNull(progress);
        IReadOnlyList<CnnSetting> settings = options.Settings;
        List<CnnRun> runs = [];
        int total = settings.Count * options.SeedCount;
        for (int i = 0; i < options.SeedCount; i++)
        {
            foreach (CnnSetting setting in settings)
            {
                cancellation.ThrowIfCancellationRequested();
                CnnRun run = await runner(setting, options.Seed + (ulong)i, cancellation);
                runs.Add(run);
                keep(runs);
                string workers = setting.Workers == 1 ? "1 worker" : $"{setting.Workers} workers";
                progress($"{Letter}: {runs.Count} of {total}: {workers}, {setting.CodecName}, seed {run.Seed}: {Outcome(run)}");
            }
        }

        return runs;
    }

    private static string Outcome(CnnRun run) =>
        run.Error ?? string.Create(null, $"test accuracy {100 * run.TestAccuracy:0.##} %, B {run.Bound:g3}, {run.Seconds:0.#} s");
}
