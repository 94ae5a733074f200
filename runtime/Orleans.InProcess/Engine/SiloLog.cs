using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>What a silo tells its log.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Activation of {Grain} failed.")]
    public static partial void LogActivationFailed(this ILogger log, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deactivation of {Grain} met an error; the activation ended all the same.")]
    public static partial void LogDeactivationFailed(this ILogger log, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A timer tick of {Grain} failed; the timer goes on.")]
    public static partial void LogTimerFailed(this ILogger log, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Gateway {Port} ended a connection: {Error}")]
    public static partial void LogMalformed(this ILogger log, int port, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Gateway {Port} refused a client: {Reason}.")]
    public static partial void LogRefused(this ILogger log, int port, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Gateway {Port} lost a connection before it was one: {Error}")]
    public static partial void LogAcceptFailed(this ILogger log, int port, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gateway {Port} met a defect; the connection is over.")]
    public static partial void LogGatewayDefect(this ILogger log, int port, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping stage {Stage} met an error; stopping went on.")]
    public static partial void LogStageFailed(this ILogger log, int stage, Exception error);
}
