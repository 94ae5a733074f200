namespace OrleansSgd.Grains;

/// <summary>Settings of one silo that its grains need.</summary>
public sealed class GridOptions
{
    /// <summary>Where data sets lie; relative paths of job files start here. Default <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>Threads that compute gradients, 1 to 1024. Default: the processors of the machine.</summary>
    public int ComputeThreads { get; set; } = Environment.ProcessorCount;

    /// <summary>How often a job asks which silos are up. 10 ms to 1 min; default 250 ms.</summary>
    /// <remarks>A lost silo is also noticed when a call to it fails; this bounds the time when nobody calls.</remarks>
    public TimeSpan MembershipPollPeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a lease or pull request is held when it cannot be answered yet. Default 1 s.</summary>
    /// <remarks>Must stay below the response timeout of the silos, or held calls fail instead of being asked again.</remarks>
    public TimeSpan HoldTime { get; set; } = TimeSpan.FromSeconds(1);

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

        if (MembershipPollPeriod < TimeSpan.FromMilliseconds(10) || MembershipPollPeriod > TimeSpan.FromMinutes(1))
        {
            yield return $"Grid:MembershipPollPeriod is {MembershipPollPeriod}; use 10 ms to 1 min.";
        }

        if (HoldTime < TimeSpan.FromMilliseconds(10) || HoldTime > TimeSpan.FromSeconds(10))
        {
            yield return $"Grid:HoldTime is {HoldTime}; use 10 ms to 10 s.";
        }
    }
}
