using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Answers questions about the grid.</summary>
[PreferLocalPlacement]
internal sealed class ManagementGrain : Grain, IManagementGrain
{
    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) =>
        Task.FromResult(((Activation)GrainContext).Silo.Grid.Statuses(onlyActive));
}
