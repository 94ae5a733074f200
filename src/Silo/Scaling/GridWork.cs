using System.Globalization;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Silo.Scaling;

/// <summary>What a grid has and has to do at one moment.</summary>
/// <param name="Silos">Silos that are up.</param>
/// <param name="SamplesUsed">Samples that the running jobs have used.</param>
/// <param name="SamplesLeft">Samples that they have not.</param>
/// <param name="Jobs">The running jobs' ids, so that a change of them shows.</param>
internal sealed record GridWork(int Silos, long SamplesUsed, long SamplesLeft, string Jobs)
{
    /// <summary>Asks the grid.</summary>
    /// <exception cref="OrleansException">It does not answer now.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public static async Task<GridWork> ReadAsync(IGrainFactory grains)
    {
        int silos = (await grains.GetGrain<IManagementGrain>(0).GetHosts(true)).Count;
        long used = 0;
        long left = 0;
        var running = new List<string>();
        foreach (JobSummary job in await grains.GetGrain<IGridGrain>(IGridGrain.Key).List())
        {
            if (job.Phase is not (JobPhase.Starting or JobPhase.Running))
            {
                continue;
            }

            JobProgress progress = await grains.GetGrain<IJobGrain>(job.Job).Progress(int.MaxValue);
            if (!progress.IsOver)
            {
                used += progress.Samples;
                left += progress.SamplesTotal - progress.Samples;
                running.Add(job.Job);
            }
        }

        return new(silos, used, left, string.Join(' ', running));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Silos} silos, {SamplesLeft} samples left in: {Jobs}");
}
