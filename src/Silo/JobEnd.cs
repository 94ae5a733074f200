using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Silo;

/// <summary>Waits for the end of a job of this process.</summary>
public static class JobEnd
{
    /// <summary>Asks until the job is over.</summary>
    /// <returns>All there is to know of it, every event included.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up; the job goes on.</exception>
    public static async Task<JobProgress> WaitForEnd(this IJobGrain job, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        while (true)
        {
            try
            {
                JobProgress progress = await job.WaitFor(long.MaxValue, eventsSeen: 0).WaitAsync(cancellation);
                if (progress.IsOver)
                {
                    return progress;
                }
            }
            catch (TimeoutException)
            {
                // The machine was away for a while; the run goes on, and is asked again.
            }
        }
    }
}
