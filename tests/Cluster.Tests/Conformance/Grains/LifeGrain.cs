using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A grain that tells of its beginning and end, and takes its state along when it moves.</summary>
public interface ILifeGrain : IGrainWithStringKey
{
    Task<string> WhereAmI();

    Task SetState(int value);

    Task<int> GetState();

    Task MoveTo(SiloAddress silo);

    Task Pass(string name);

    Task LeaveAndAskLater(string gate);
}

/// <inheritdoc/>
public class LifeGrain : Grain, ILifeGrain, IGrainMigrationParticipant
{
    private int _state;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Write(Key, "activated");
        return Key.StartsWith("failing", StringComparison.Ordinal) && Journal.Read(Key).Length == 1
            ? throw new InvalidDataException($"{Key} cannot start")
            : Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write(Key, $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        Journal.Write(Key, "dehydrated");
        dehydrationContext.TryAddValue("state", _state);
        dehydrationContext.AddBytes("bytes", [1, 2, 3]);
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        Journal.Write(Key, "rehydrated");
        Assert.True(rehydrationContext.TryGetBytes("bytes", out var bytes));
        Assert.Equal(3, bytes.Length);
        Assert.False(rehydrationContext.TryGetValue<int>("never packed", out _));
        Assert.True(rehydrationContext.TryGetValue("state", out _state));
    }

    public Task<string> WhereAmI() => Task.FromResult(RuntimeIdentity);

    public Task SetState(int value)
    {
        _state = value;
        return Task.CompletedTask;
    }

    public Task<int> GetState() => Task.FromResult(_state);

    public Task MoveTo(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Pass(string name)
    {
        Journal.Write(Key, $"{name} begins");
        await Journal.Gate($"{Key}/{name}");
        Journal.Write(Key, $"{name} ends");
    }

    public Task LeaveAndAskLater(string gate)
    {
        _ = AskLater(gate);
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task AskLater(string gate)
    {
        await Journal.Gate(gate);
        try
        {
            GrainFactory.GetGrain<ILifeGrain>(Key);
            Journal.Write(Key, "served");
        }
        catch (InvalidOperationException refused)
        {
            Journal.Write(Key, refused.Message.Contains("invalid activation", StringComparison.Ordinal) ? "refused" : refused.Message);
        }
    }
}

/// <summary>A grain that lives beside its caller.</summary>
public interface ILocalGrain : IGrainWithStringKey
{
    Task<string> WhereAmI();
}

/// <inheritdoc/>
[PreferLocalPlacement]
public class LocalGrain : Grain, ILocalGrain
{
    public Task<string> WhereAmI() => Task.FromResult(RuntimeIdentity);
}

/// <summary>A grain that the key places.</summary>
public interface IHashedGrain : IGrainWithStringKey
{
    Task<string> WhereAmI();
}

/// <inheritdoc/>
[HashBasedPlacement]
public class HashedGrain : Grain, IHashedGrain
{
    public Task<string> WhereAmI() => Task.FromResult(RuntimeIdentity);
}
