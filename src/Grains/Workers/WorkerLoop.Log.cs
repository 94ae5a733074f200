using Microsoft.Extensions.Logging;

namespace OrleansSgd.Grains.Workers;

internal sealed partial class WorkerLoop
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Worker {Worker}: {Call} failed and will be repeated: {Error}")]
    private partial void LogCallFailed(string worker, string call, string error);
}
