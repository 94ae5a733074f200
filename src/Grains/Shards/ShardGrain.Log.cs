using Microsoft.Extensions.Logging;

namespace OrleansSgd.Grains.Shards;

public sealed partial class ShardGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message =
        "Shard {Shard} started: life {Incarnation}, version {Version}, {Length} parameters.")]
    private partial void LogStarted(string shard, int incarnation, long version, int length);
}
