using Microsoft.Extensions.DependencyInjection;

namespace OrleansSgd.Silo;

/// <summary>Faults of a silo of this process, brought about on purpose. What a runtime cannot do is said, never imitated.</summary>
/// <remarks>
/// No runtime's public API has them. One whose silos share a process offers them as actions among the silo's services, by name; the real
/// packages offer none, so there a crash is a stop whose token is cancelled already, and there are no partitions.
/// </remarks>
internal static class SiloFaults
{
    private const string CrashKey = "Orleans.InProcess/crash";
    private const string PartitionKey = "Orleans.InProcess/partition";

    /// <summary>True when <see cref="Partition"/> works.</summary>
    public static bool CanPartition(IServiceProvider silo) => silo.GetKeyedService<Action>(PartitionKey) is not null;

    /// <summary>The others lose the silo at once, before its host hears of it. Without effect where stopping the host must do.</summary>
    public static void Crash(IServiceProvider silo) => silo.GetKeyedService<Action>(CrashKey)?.Invoke();

    /// <summary>The others think the silo dead; it goes on, and its calls still reach them.</summary>
    /// <exception cref="NotSupportedException">The runtime cannot do that.</exception>
    public static void Partition(IServiceProvider silo)
    {
        Action partition = silo.GetKeyedService<Action>(PartitionKey) ?? throw new NotSupportedException(
            "This runtime cannot cut off one silo of a process; leave partitions out, or put each silo on a network that can be cut.");
        partition();
    }
}
