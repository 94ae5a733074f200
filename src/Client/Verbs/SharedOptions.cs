using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.Settings;
using OrleansSgd.Grains;
using OrleansSgd.Storage;

namespace OrleansSgd.Client.Verbs;

/// <summary>Options that mean the same in every verb.</summary>
internal static class SharedOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print events as JSON, one object a line, and nothing else.",
    };

    /// <summary><c>--store PLACE</c>.</summary>
    public static Option<string?> Store() => new("--store")
    {
        Description = "Where jobs are kept so that they outlive this process: a folder, or blob:CONTAINER.",
        HelpName = "PLACE",
    };

    /// <summary><c>--checkpoint SECONDS</c>.</summary>
    public static Option<double> Checkpoint() => new("--checkpoint")
    {
        Description = "How often a job is written to the store; 0.1 to 3600.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => new GridOptions().CheckpointPeriod.TotalSeconds,
    };

    /// <summary>What is wrong with a store or its period, one sentence each.</summary>
    public static IEnumerable<string> StoreMistakes(string? store, double checkpoint)
    {
        if (store is not null && CheckpointStores.Mistake(store) is { } mistake)
        {
            yield return $"--store: {mistake}";
        }

        if (!(checkpoint is >= 0.1 and <= 3600))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--checkpoint is {checkpoint}; use 0.1 to 3600 seconds.");
        }
    }

    /// <summary><c>--compute-threads N</c>.</summary>
    public static Option<int?> ComputeThreads() => new("--compute-threads")
    {
        Description = "Threads of each silo that compute gradients, 1 to 1024; without it an even share of the processors.",
        HelpName = "N",
    };

    /// <summary><c>--intra-op-threads N</c>.</summary>
    public static Option<int?> IntraOpThreads() => new("--intra-op-threads")
    {
        Description = "Threads inside one gradient of a libtorch model, 1 to 1024; without it what the workers leave over.",
        HelpName = "N",
    };

    /// <summary><c>--processors LIST</c>.</summary>
    public static Option<string?> Processors() => new("--processors")
    {
        Description = $"{ProcessorChoice.Meaning} {char.ToUpperInvariant(ProcessorChoice.Allowed[0])}{ProcessorChoice.Allowed[1..]}.",
        HelpName = "LIST",
    };

    /// <summary>What is wrong with numbers of threads, one sentence each.</summary>
    public static IEnumerable<string> ThreadMistakes(int? compute, int? intraOp)
    {
        foreach ((string option, int? count) in (IEnumerable<(string, int?)>)[("--compute-threads", compute), ("--intra-op-threads", intraOp)])
        {
            if (count is < 1 or > 1024)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{option} is {count}; use 1 to 1024.");
            }
        }
    }

    /// <summary><c>--data DIR</c>.</summary>
    public static Option<string> Data(Terminal terminal) => new("--data")
    {
        Description = "Where data sets lie; relative paths of job files start here.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Folders.Data(terminal),
    };
}
