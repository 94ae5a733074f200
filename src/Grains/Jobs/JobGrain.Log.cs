using Microsoft.Extensions.Logging;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

public sealed partial class JobGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job}: silo {Silo} left; {Workers} workers and {Shards} shards get new lives elsewhere.")]
    private partial void LogSiloLeft(string job, string silo, int workers, int shards);

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job}: shard {Shard} begins life {Incarnation} from {Source}, version {Version}; {Lost} updates are lost.")]
    private partial void LogShardRestored(string job, int shard, int incarnation, string source, long version, int lost);

    [LoggerMessage(Level = LogLevel.Debug, Message =
        "Job {Job}: {Command} of member {Member}, life {Incarnation}, failed and will be repeated: {Error}")]
    private partial void LogCommandFailed(string job, string command, int member, int incarnation, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ended: {Phase} after {Seconds:F1} s.")]
    private partial void LogJobEnded(string job, JobPhase phase, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed: {Error}")]
    private partial void LogJobFailed(string job, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} met a defect of the grid.")]
    private partial void LogDefect(Exception defect, string job);
}
