using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <content>What an operator asks of the grid.</content>
public sealed partial class GridGrain
{
    /// <inheritdoc/>
    public Task<OperatorAnswer> Scale(int silos) => Task.FromResult(
        scaling.SilosMax > 0 && (silos < 1 || silos > scaling.SilosMax)
            ? OperatorAnswer.Refused($"{silos} silos are asked for; use 1 to {scaling.SilosMax}.")
            : new OperatorAnswer(scaling.Scale(silos)));

    /// <inheritdoc/>
    public async Task<GridOverview> Overview()
    {
        Dictionary<SiloAddress, SiloStatus> hosts = await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts(true);
        return new GridOverview(
            cluster.Value.ClusterId,
            port.Store?.Address ?? "",
            [.. hosts.Where(host => host.Value == SiloStatus.Active).Select(host => host.Key.ToParsableString()).Order(StringComparer.Ordinal)],
            scaling.SilosMax);
    }

    private void TellAccepted(string job, JobPlan plan)
    {
        foreach (IJobObserver observer in observers)
        {
            observer.Accepted(job, plan);
        }
    }
}
