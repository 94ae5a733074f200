using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>One grain class, with what its attributes say.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _create;

    public GrainClass(Type type)
    {
        Type = type;
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        FirstInterface = Interfaces.Except(Interfaces.SelectMany(other => other.GetInterfaces())).First();
        GrainType = GrainType.Create(NameOf(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), true);
        Placement = type.GetCustomAttributes(typeof(PlacementAttribute), true).OfType<PlacementAttribute>().FirstOrDefault()?.PlacementStrategy
            ?? ActivationCountBasedPlacement.Singleton;
        _create = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
    }

    public Type Type { get; }

    public Type[] Interfaces { get; }

    /// <summary>The interface of references that nobody has cast yet.</summary>
    public Type FirstInterface { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public PlacementStrategy Placement { get; }

    public static bool IsGrainInterface(Type type) =>
        type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)
        && type != typeof(IAddressable) && type != typeof(IGrain)
        && type != typeof(IGrainWithStringKey) && type != typeof(IGrainWithIntegerKey);

    public object Create(IServiceProvider services) => _create(services, null);

    private static string NameOf(Type type)
    {
        const string Suffix = "grain";
        var name = type.Name.ToLowerInvariant();
        name = name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
        return type.DeclaringType is null ? name : $"{type.DeclaringType.Name.ToLowerInvariant()}.{name}";
    }
}
