using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options of <c>grid silo</c>.</summary>
internal sealed class SiloOptions
{
    private readonly Option<string?> _store = SharedOptions.Store();
    private readonly Option<double> _checkpoint = SharedOptions.Checkpoint();

    private readonly Option<int> _silos = new("--silos")
    {
        Description = "Silos in this process.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int?> _port = new("--port")
    {
        Description = "The port of this process's first silo, so that other processes of this machine can join it. Microsoft Orleans only.",
        HelpName = "N",
    };

    private readonly Option<int?> _join = new("--join")
    {
        Description = "Joins the grid of another process of this machine, which was given this port. Microsoft Orleans only.",
        HelpName = "N",
    };

    private readonly Option<string[]> _jobs = new("--job")
    {
        Description = "A job to submit once the jobs of the store are resumed; may be given several times.",
        HelpName = "job.yaml",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _exit = new("--exit-when-done")
    {
        Description = "End when no job is left; otherwise the silos stay until they are interrupted.",
    };

    private readonly Option<bool> _noTrace = new("--no-trace")
    {
        Description = "Write no traces; the runs cannot be certified afterwards.",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Where results go: a new folder for each job.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Folders.Runs,
    };

    private readonly Option<string> _log = new("--log")
    {
        Description = "What the silos' log shows on standard error.",
        HelpName = string.Join('|', TrainOptions.Levels.Keys),
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<int?> _computeThreads = SharedOptions.ComputeThreads();
    private readonly Option<int?> _intraOpThreads = SharedOptions.IntraOpThreads();
    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly ScalingFlags _scaling = new();
    private readonly Option<string> _data;

    public SiloOptions(Terminal terminal) => _data = SharedOptions.Data(terminal);

    /// <summary>Adds everything to the verb, in the order its help shows.</summary>
    public void AddTo(Command verb)
    {
        Option[] options =
        [
            _store, _checkpoint, _silos, _port, _join, .. _scaling.All, _jobs, _exit, _out, _noTrace, _computeThreads, _intraOpThreads, _data, _json, _log,
        ];
        foreach (Option option in options)
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>What was asked for, and every mistake in it.</summary>
    public (SiloRequest Request, IReadOnlyList<string> Mistakes) Read(ParseResult parsed)
    {
        string? store = parsed.GetValue(_store);
        double checkpoint = parsed.GetRequiredValue(_checkpoint);
        int silos = parsed.GetRequiredValue(_silos);
        string level = parsed.GetRequiredValue(_log);
        JobFileOutcome[] jobs = [.. parsed.GetRequiredValue(_jobs).Select(JobFile.Read)];
        List<string> mistakes = [.. jobs.SelectMany(job => job.Mistakes), .. SharedOptions.StoreMistakes(store, checkpoint)];
        if (store is null)
        {
            mistakes.Add("--store is missing; name the folder or container that the jobs are kept in.");
        }

        if (silos is < 1 or > LocalGrid.SilosMax)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--silos is {silos}; use 1 to {LocalGrid.SilosMax}."));
        }

        GridMeeting? meeting = MeetingOf(parsed.GetValue(_port), parsed.GetValue(_join), mistakes);
        if (!TrainOptions.Levels.TryGetValue(level.ToLowerInvariant(), out LogLevel least))
        {
            mistakes.Add($"--log is {JobScalars.Quote(level)}; use {string.Join(", ", TrainOptions.Levels.Keys)}.");
        }

        int? computeThreads = parsed.GetValue(_computeThreads);
        int? intraOpThreads = parsed.GetValue(_intraOpThreads);
        mistakes.AddRange(SharedOptions.ThreadMistakes(computeThreads, intraOpThreads));
        ScalingOptions? scaling = _scaling.Read(parsed, silos, mistakes);
        return (new SiloRequest(
            store ?? "", checkpoint, silos, jobs, parsed.GetValue(_exit), parsed.GetRequiredValue(_out), !parsed.GetValue(_noTrace),
            parsed.GetRequiredValue(_data), parsed.GetValue(_json), least, scaling, meeting, computeThreads, intraOpThreads), mistakes);
    }

    private static GridMeeting? MeetingOf(int? port, int? join, List<string> mistakes)
    {
        foreach ((string name, int? value) in (IEnumerable<(string, int?)>)[("--port", port), ("--join", join)])
        {
            if (value is < 1 or > ushort.MaxValue)
            {
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; use 1 to {ushort.MaxValue}."));
            }
            else if (value is not null && RuntimeName.Short != "orleans")
            {
                mistakes.Add(
                    $"{name} is given, but the built-in runtime keeps all silos in one process; leave it out, or use --runtime orleans.");
            }
        }

        if (port is not null && join is not null)
        {
            mistakes.Add("--port and --join are both given; the first process is given --port, every other one --join.");
        }

        return join is { } known ? new GridMeeting(known, IsJoining: true) : port is { } own ? new GridMeeting(own, IsJoining: false) : null;
    }
}

/// <summary>Silos as asked for.</summary>
/// <param name="Store">Where jobs are kept.</param>
/// <param name="Jobs">To submit; each has a plan.</param>
/// <param name="EndsWhenDone">Whether the silos end with the last job.</param>
/// <param name="Out">Parent of the jobs' folders.</param>
/// <param name="Data">The data folder.</param>
/// <param name="Log">The least level that is shown.</param>
/// <param name="Scaling">How the number of silos follows the work; null when it does not.</param>
/// <param name="Meeting">Where silos of several processes meet; null for those of this one alone.</param>
/// <param name="ComputeThreads">Of each silo; null for an even share of the processors.</param>
/// <param name="IntraOpThreads">Of each gradient; null for one, since which jobs will come is not known.</param>
internal sealed record SiloRequest(
    string Store, double CheckpointSeconds, int Silos, IReadOnlyList<JobFileOutcome> Jobs, bool EndsWhenDone, string Out, bool IsTraced,
    string Data, bool IsJson, LogLevel Log, ScalingOptions? Scaling, GridMeeting? Meeting, int? ComputeThreads = null, int? IntraOpThreads = null)
{
    /// <summary>What the silos are told.</summary>
    public void Configure(GridOptions options)
    {
        ThreadShare share = ThreadShare.Of(Environment.ProcessorCount, Silos);
        options.DataFolder = Data;
        options.ComputeThreads = ComputeThreads ?? share.ComputeThreads;
        options.IntraOpThreads = IntraOpThreads ?? share.IntraOpThreads;
        options.Store = Store;
        options.CheckpointPeriod = TimeSpan.FromSeconds(CheckpointSeconds);
    }
}
