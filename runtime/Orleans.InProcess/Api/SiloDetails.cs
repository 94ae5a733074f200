namespace Orleans.Runtime;

/// <summary>Names this silo.</summary>
public interface ILocalSiloDetails
{
    /// <summary>A readable name.</summary>
    string Name { get; }

    /// <summary>The grid it belongs to.</summary>
    string ClusterId { get; }

    /// <summary>The machine.</summary>
    string DnsHostName { get; }

    /// <summary>The address of this life of the silo.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Where clients connect.</summary>
    SiloAddress GatewayAddress { get; }
}

/// <summary>The stages of this silo.</summary>
public interface ISiloLifecycle : ILifecycleObservable
{
    /// <summary>The highest stage that has completed on the way up.</summary>
    int HighestCompletedStage { get; }

    /// <summary>The lowest stage that has stopped on the way down.</summary>
    int LowestStoppedStage { get; }
}

/// <summary>Where a silo is in its life.</summary>
public enum SiloStatus
{
    /// <summary>Unknown.</summary>
    None = 0,

    /// <summary>Made.</summary>
    Created = 1,

    /// <summary>Starting.</summary>
    Joining = 2,

    /// <summary>Takes grains.</summary>
    Active = 3,

    /// <summary>Stopping in good order.</summary>
    ShuttingDown = 4,

    /// <summary>Stopping at once.</summary>
    Stopping = 5,

    /// <summary>Gone.</summary>
    Dead = 6,
}

/// <summary>Answers questions about the grid; get it with key 0.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    /// <summary>The silos and where they are in their life; dead ones only when all are asked for.</summary>
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);
}
