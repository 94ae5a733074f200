namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A sum that moves between silos.</summary>
public interface ITravellerGrain : IGrainWithStringKey
{
    Task<int> Add(int value);
}

/// <inheritdoc/>
public class TravellerGrain : Grain, ITravellerGrain, IGrainMigrationParticipant
{
    private int _sum;

    public async Task<int> Add(int value)
    {
        var sum = _sum;
        await Task.Yield();
        return _sum = sum + value;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext) => dehydrationContext.TryAddValue("sum", _sum);

    public void OnRehydrate(IRehydrationContext rehydrationContext) => rehydrationContext.TryGetValue("sum", out _sum);
}
