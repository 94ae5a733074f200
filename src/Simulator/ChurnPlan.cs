namespace OrleansSgd.Simulator;

/// <summary>Who is killed when: addressed by ticket, so that a fault does not move when times change.</summary>
/// <param name="WorkerKills">Each kills one worker when this many tickets have been given out; which one, the seed draws.</param>
/// <param name="ShardKills">The same for shards.</param>
public sealed record ChurnPlan(IReadOnlyList<long> WorkerKills, IReadOnlyList<long> ShardKills)
{
    /// <summary>Nobody is killed.</summary>
    public static ChurnPlan None { get; } = new([], []);

    /// <summary>Spreads kills evenly over the middle of a run.</summary>
    /// <param name="workerKills">How many workers.</param>
    /// <param name="shardKills">How many shards.</param>
    /// <param name="tickets">About how many tickets the run gives out.</param>
    public static ChurnPlan Spread(int workerKills, int shardKills, long tickets) =>
        new([.. Evenly(workerKills, tickets, 0.15)], [.. Evenly(shardKills, tickets, 0.25)]);

    private static IEnumerable<long> Evenly(int count, long tickets, double first)
    {
        for (int i = 0; i < count; i++)
        {
            yield return (long)(tickets * (first + (0.7 * i / Math.Max(1, count))));
        }
    }
}
