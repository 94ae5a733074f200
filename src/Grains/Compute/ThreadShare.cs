namespace OrleansSgd.Grains.Compute;

/// <summary>How the processors of a machine are shared between gradients that are computed at once and the threads inside each.</summary>
/// <remarks>
/// Two gradients on one thread each are faster than one after the other on two threads: a network's small layers do not divide well. So
/// threads go to workers first, and what is left over to each of them evenly. Together they are never more than the processors,
/// unless there are more silos than processors; each of those has one.
/// </remarks>
/// <param name="ComputeThreads">Of each silo.</param>
/// <param name="IntraOpThreads">Of each gradient, where a library computes it.</param>
public readonly record struct ThreadShare(int ComputeThreads, int IntraOpThreads)
{
    /// <summary>The share of a model whose gradients take one thread each.</summary>
    public static ThreadShare Of(int processors, int silos) => Of(processors, silos, processors);

    /// <summary>The share of a model whose gradients may take several threads.</summary>
    /// <param name="processors">Of the machine, 1 or more.</param>
    /// <param name="silos">In this process, 1 or more.</param>
    /// <param name="workers">That compute at once, 1 or more.</param>
    public static ThreadShare Of(int processors, int silos, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        int compute = Math.Max(1, Math.Min(processors, workers) / silos);
        return new ThreadShare(compute, Math.Max(1, processors / (compute * silos)));
    }
}
