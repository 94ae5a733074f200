namespace OrleansSgd.Simulator;

/// <summary>Who is killed when: addressed by ticket, so that a fault does not move when times change.</summary>
/// <param name="WorkerKills">Each kills one worker when this many tickets have been given out; which one, the seed draws.</param>
/// <param name="ShardKills">The same for shards.</param>
public sealed record ChurnPlan(IReadOnlyList<long> WorkerKills, IReadOnlyList<long> ShardKills)
{
    /// <summary>The same for a shard and about half of the workers at once, as when they share a silo: this is how updates get lost for good.</summary>
    public IReadOnlyList<long> SiloKills { get; init; } = [];

    /// <summary>Nobody is killed.</summary>
    public static ChurnPlan None { get; } = new([], []);

    /// <summary>Spreads kills evenly over the middle of a run.</summary>
    /// <param name="workerKills">How many workers.</param>
    /// <param name="shardKills">How many shards.</param>
    /// <param name="tickets">About how many tickets the run gives out.</param>
    public static ChurnPlan Spread(int workerKills, int shardKills, long tickets) =>
        new([.. Evenly(workerKills, tickets, 0.15)], [.. Evenly(shardKills, tickets, 0.25)]);

    /// <summary>Spreads losses of silos evenly over the middle of a run.</summary>
    /// <param name="siloKills">How many.</param>
    /// <param name="tickets">About how many tickets the run gives out.</param>
    public static ChurnPlan SpreadSilos(int siloKills, long tickets) => None with { SiloKills = [.. Evenly(siloKills, tickets, 0.2)] };

    private static IEnumerable<long> Evenly(int count, long tickets, double first)
    {
        for (int i = 0; i < count; i++)
        {
            yield return (long)(tickets * (first + (0.7 * i / Math.Max(1, count))));
        }
    }
}
