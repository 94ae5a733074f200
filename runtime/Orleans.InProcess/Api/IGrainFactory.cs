using Orleans.Runtime;

namespace Orleans;

/// <summary>Makes references to grains; a reference costs nothing until it is called.</summary>
public interface IGrainFactory
{
    /// <summary>The grain of that key.</summary>
    TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey;

    /// <summary>The grain of that key.</summary>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;

    /// <summary>The grain of that id, seen through an interface.</summary>
    TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable;

    /// <summary>The grain of that id; cast it before calling.</summary>
    IAddressable GetGrain(GrainId grainId);
}

/// <summary>A grain factory for code outside grains.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of the host the client belongs to.</summary>
    IServiceProvider ServiceProvider { get; }
}
