namespace OrleansSgd.Grains.Jobs;

/// <summary>Grain keys of a job's members.</summary>
public static class JobKeys
{
    /// <summary>Key of a shard's grain.</summary>
    public static string Shard(string job, int shard) => string.Create(null, $"{job}/shard/{shard}");

    /// <summary>The job that a member's key belongs to.</summary>
    public static string JobOf(string key) => key[..key.LastIndexOf('/', key.LastIndexOf('/') - 1)];

    /// <summary>Key of one of a worker's keepers.</summary>
    /// <param name="number">Which of them, from 1.</param>
    public static string Keeper(string job, int worker, int number) => string.Create(null, $"{job}/keeper/{worker}/{number}");

    /// <summary>Key of a worker's grain.</summary>
    public static string Worker(string job, int worker) => string.Create(null, $"{job}/worker/{worker}");
}
