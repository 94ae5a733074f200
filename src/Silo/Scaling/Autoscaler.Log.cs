using Microsoft.Extensions.Logging;

namespace OrleansSgd.Silo.Scaling;

public sealed partial class Autoscaler
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Wanted silos changed from {Before} to {Wanted}: {Reason}")]
    private partial void LogWanted(int before, int wanted, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The grid did not say what it has to do, and is asked again: {Error}")]
    private partial void LogUnanswered(string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grid did not get {Wanted} silos, and is told again: {Error}")]
    private partial void LogNotFollowed(int wanted, string error);
}
