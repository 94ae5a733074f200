namespace OrleansSgd.Grains.Jobs;

/// <summary>Grain keys of a job's members.</summary>
public static class JobKeys
{
    /// <summary>Key of a shard's grain.</summary>
    public static string Shard(string job, int shard) => string.Create(null, $"{job}/shard/{shard}");

    /// <summary>Key of a worker's grain.</summary>
    public static string Worker(string job, int worker) => string.Create(null, $"{job}/worker/{worker}");
}
