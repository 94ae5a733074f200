using Microsoft.Extensions.Logging;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

public sealed partial class JobGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job}: silo {Silo} left; {Workers} workers and {Shards} shards get new lives elsewhere.")]
    private partial void LogSiloLeft(string job, string silo, int workers, int shards);

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job}: shard {Shard} begins life {Incarnation} from {Source}, version {Version}, {Replayed} updates of it replayed by keepers; {Lost} are lost.")]
    private partial void LogShardRestored(
        string job, int shard, int incarnation, string source, long version, int replayed, int lost);

    [LoggerMessage(Level = LogLevel.Debug, Message =
        "Job {Job}: {Command} of member {Member}, life {Incarnation}, failed and will be repeated: {Error}")]
    private partial void LogCommandFailed(string job, string command, int member, int incarnation, string error);

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job}: worker {Worker} takes {Ratio:F1} times as long for a step as the others; it gets shorter leases.")]
    private partial void LogStraggler(string job, int worker, double ratio);

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Job {Job} goes on with coordinator {Generation} from checkpoint {Number}, ticket {Ticket}; {Redone} tickets are given anew (−1: not known).")]
    private partial void LogResumed(string job, long generation, long number, long ticket, long redone);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} was {What} by an operator.")]
    private partial void LogOperated(string job, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: {Sentence}")]
    private partial void LogWarned(string job, string sentence);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ended: {Phase} after {Seconds:F1} s.")]
    private partial void LogJobEnded(string job, JobPhase phase, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed: {Error}")]
    private partial void LogJobFailed(string job, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} met a defect of the grid.")]
    private partial void LogDefect(Exception defect, string job);
}
