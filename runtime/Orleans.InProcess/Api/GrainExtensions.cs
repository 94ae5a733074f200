using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Keys and references of grains.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to this grain through an interface.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        var reference = Reference(grain);
        return reference is TGrainInterface typed
            ? typed
            : (TGrainInterface)(object)reference.Factory.Reference(typeof(TGrainInterface), reference.GrainId);
    }

    /// <summary>The same grain through another interface.</summary>
    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => grain.AsReference<TGrainInterface>();

    /// <summary>Type and key of the grain.</summary>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        Grain instance => instance.GrainContext.GrainId,
        IGrainBase instance => instance.GrainContext.GrainId,
        _ => Reference(grain).GrainId,
    };

    /// <summary>The string key.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <summary>The integer key.</summary>
    /// <exception cref="InvalidOperationException">The key is not an integer.</exception>
    public static long GetPrimaryKeyLong(this IAddressable grain) => GrainKeys.ParseInteger(grain.GetGrainId());

    private static GrainReference Reference(IAddressable grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain switch
        {
            GrainReference reference => reference,
            IGrainBase instance => instance.GrainContext.GrainReference,
            _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
        };
    }
}
