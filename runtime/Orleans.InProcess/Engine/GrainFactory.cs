using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Makes references, once per interface and key.</summary>
internal sealed class GrainFactory(Caller caller) : IClusterClient
{
    // Bounds the memory of a program that names ever new grains; what is dropped is made again when asked for.
    private const int CachedMax = 65536;

    private readonly ConcurrentDictionary<(Type, string), GrainReference> _byText = new();
    private readonly ConcurrentDictionary<(Type, GrainId), GrainReference> _byId = new();

    public Caller Caller { get; } = caller;

    public IServiceProvider ServiceProvider => Caller.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        if (grainClassNamePrefix is null && _byText.TryGetValue((typeof(TGrainInterface), primaryKey), out var known))
        {
            return (TGrainInterface)(object)known;
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        RefusePrefix(grainClassNamePrefix);
        var id = GrainId.Create(GrainClasses.Of(typeof(TGrainInterface)).GrainType, primaryKey);
        if (_byText.Count >= CachedMax)
        {
            _byText.Clear();
        }

        return (TGrainInterface)(object)(_byText[(typeof(TGrainInterface), primaryKey)] = Reference(typeof(TGrainInterface), id));
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey
    {
        RefusePrefix(grainClassNamePrefix);
        var id = new GrainId(GrainClasses.Of(typeof(TGrainInterface)).GrainType, GrainKeys.FromInteger(primaryKey));
        return (TGrainInterface)(object)Reference(typeof(TGrainInterface), id);
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(object)Reference(typeof(TGrainInterface), grainId);

    public IAddressable GetGrain(GrainId grainId) =>
        GrainClasses.Named(grainId.Type) is { } grainClass
            ? Reference(grainClass.FirstInterface, grainId)
            : new GrainReference(this, grainId, null);

    /// <summary>The reference to that grain through that interface; always the same object while it is cached.</summary>
    public GrainReference Reference(Type grainInterface, GrainId id)
    {
        if (_byId.TryGetValue((grainInterface, id), out var known))
        {
            return known;
        }

        if (_byId.Count >= CachedMax)
        {
            _byId.Clear();
        }

        var proxy = ProxyTypes.Of(grainInterface);
        var grainClass = GrainClasses.Named(id.Type) ?? GrainClasses.Of(grainInterface);
        return _byId.GetOrAdd((grainInterface, id), proxy(this, id, grainClass));
    }

    private static void RefusePrefix(string? prefix)
    {
        if (prefix is not null)
        {
            throw new NotSupportedException($"Grain class prefix '{prefix}': this runtime chooses classes by interface alone.");
        }
    }
}
