using Microsoft.Extensions.Logging;

namespace OrleansSgd.Silo.Draining;

public sealed partial class GridDrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Silo} handed over everything in {Seconds:F2} s and stops.")]
    private partial void LogClear(string silo, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Silo} stops after {Seconds:F1} s with something still on it; the grid recovers that as from a crash.")]
    private partial void LogUnfinished(string silo, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Silo} stops without handing over, because the grid did not answer: {Error}")]
    private partial void LogUnanswered(string silo, string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Silo} asks again whether it may leave: {Error}")]
    private partial void LogAskedAgain(string silo, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Silo} is the last silo: there is nobody to hand over to.")]
    private partial void LogLast(string silo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Silo} was told to stop at once while it handed over.")]
    private partial void LogCutShort(string silo);
}
