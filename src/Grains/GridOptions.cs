using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Grains;

/// <summary>Settings of one silo that its grains need.</summary>
public sealed class GridOptions
{
    /// <summary>Where data sets lie; relative paths of job files start here. Default <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>Threads that compute gradients, 1 to 1024. Default: the processors of the machine.</summary>
    public int ComputeThreads { get; set; } = Environment.ProcessorCount;

    /// <summary>Threads that one gradient may use inside libtorch, 1 to 1024; all silos of a process have the same. Default 1.</summary>
    /// <remarks>Times the compute threads of all silos of a machine, no more than its processors: more threads wait for each other.</remarks>
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>The processors that compute threads are pinned to, as many each as <see cref="IntraOpThreads"/>; all silos of a process share one object. Default null: wherever the system puts them.</summary>
    public ProcessorPins? Pins { get; set; }

    /// <summary>How often a job asks which silos are up. 10 ms to 1 min; default 250 ms.</summary>
    /// <remarks>A lost silo is also noticed when a call to it fails; this bounds the time when nobody calls.</remarks>
    public TimeSpan MembershipPollPeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a lease or pull request is held when it cannot be answered yet. Default 1 s.</summary>
    /// <remarks>Must stay below the response timeout of the silos, or held calls fail instead of being asked again.</remarks>
    public TimeSpan HoldTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether workers hand each update to a keeper on another silo before they push it. Default true.</summary>
    /// <remarks>Without, a lost silo may take updates along: they are counted, and the certificate accounts for them.</remarks>
    public bool KeepsUpdates { get; set; } = true;

    /// <summary>How long a silo that stops may take to hand over what it hosts. 0 to 10 min; default 25 s. 0: it goes at once.</summary>
    /// <remarks>Below the 30 s that hosts and orchestrators give a process to end; raise theirs before this one.</remarks>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Where jobs are kept so that they outlive their silos: a folder or the address of a container; empty for nowhere. Default empty.</summary>
    public string Store { get; set; } = "";

    /// <summary>How often a job is written to the store. 100 ms to 1 h, or 0 for only at its beginning and end; default 10 s.</summary>
    /// <remarks>What a job does in that time is what it does again when its coordinator is lost.</remarks>
    public TimeSpan CheckpointPeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Folders outside of which submitted jobs can read nothing; empty for no limit. Default empty.</summary>
    public IReadOnlyList<string> JobRoots { get; set; } = [];

    /// <summary>Everything wrong with the options, each with its key, value and range.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            yield return "Grid:DataFolder is empty; name a folder.";
        }

        if (ComputeThreads is < 1 or > 1024)
        {
            yield return $"Grid:ComputeThreads is {ComputeThreads}; use 1 to 1024.";
        }

        if (IntraOpThreads is < 1 or > 1024)
        {
            yield return $"Grid:IntraOpThreads is {IntraOpThreads}; use 1 to 1024.";
        }

        if (MembershipPollPeriod < TimeSpan.FromMilliseconds(10) || MembershipPollPeriod > TimeSpan.FromMinutes(1))
        {
            yield return $"Grid:MembershipPollPeriod is {MembershipPollPeriod}; use 10 ms to 1 min.";
        }

        if (CheckpointPeriod != TimeSpan.Zero
            && (CheckpointPeriod < TimeSpan.FromMilliseconds(100) || CheckpointPeriod > TimeSpan.FromHours(1)))
        {
            yield return $"Grid:CheckpointPeriod is {CheckpointPeriod}; use 100 ms to 1 h, or 0.";
        }

        if (HoldTime < TimeSpan.FromMilliseconds(10) || HoldTime > TimeSpan.FromSeconds(1))
        {
            yield return $"Grid:HoldTime is {HoldTime}; use 10 ms to 1 s.";
        }

        if (DrainDeadline < TimeSpan.Zero || DrainDeadline > TimeSpan.FromMinutes(10))
        {
            yield return $"Grid:DrainDeadline is {DrainDeadline}; use 0 to 10 min.";
        }
    }
}
