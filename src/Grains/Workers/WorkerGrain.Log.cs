using Microsoft.Extensions.Logging;

namespace OrleansSgd.Grains.Workers;

public sealed partial class WorkerGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Worker} started.")]
    private partial void LogStarted(string worker);

    [LoggerMessage(Level = LogLevel.Error, Message = "Worker {Worker} failed and ends its run.")]
    private partial void LogFailed(Exception error, string worker);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Worker} ended but could not tell its job.")]
    private partial void LogUnreported(Exception error, string worker);
}
