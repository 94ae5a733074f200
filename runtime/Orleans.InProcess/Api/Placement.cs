namespace Orleans.Runtime
{
    /// <summary>How the silo of a new activation is chosen.</summary>
    public abstract class PlacementStrategy;

    /// <summary>Any silo.</summary>
    public sealed class RandomPlacement : PlacementStrategy
    {
        internal static RandomPlacement Singleton { get; } = new();
    }

    /// <summary>The caller's silo, if it takes grains.</summary>
    public sealed class PreferLocalPlacement : PlacementStrategy
    {
        internal static PreferLocalPlacement Singleton { get; } = new();
    }

    /// <summary>A silo with few activations.</summary>
    public sealed class ActivationCountBasedPlacement : PlacementStrategy
    {
        internal static ActivationCountBasedPlacement Singleton { get; } = new();
    }

    /// <summary>A silo that the key decides.</summary>
    public sealed class HashBasedPlacement : PlacementStrategy
    {
        internal static HashBasedPlacement Singleton { get; } = new();
    }
}

namespace Orleans.Runtime.Placement
{
    /// <summary>Chooses silos.</summary>
    public interface IPlacementDirector
    {
        /// <summary>
        /// The request context key under which a <see cref="SiloAddress"/> asks for that silo; a silo that takes no grains is ignored.
        /// </summary>
        const string PlacementHintKey = nameof(PlacementHintKey);
    }
}

namespace Orleans.Placement
{
    using Orleans.Runtime;

    /// <summary>Says how the silo of a grain class's activations is chosen.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public abstract class PlacementAttribute : Attribute
    {
        /// <summary>An attribute for that strategy.</summary>
        protected PlacementAttribute(PlacementStrategy placement) => PlacementStrategy = placement;

        /// <summary>The strategy.</summary>
        public PlacementStrategy PlacementStrategy { get; }
    }

    /// <summary>Any silo.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class RandomPlacementAttribute() : PlacementAttribute(RandomPlacement.Singleton);

    /// <summary>The caller's silo, if it takes grains.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(PreferLocalPlacement.Singleton);

    /// <summary>A silo with few activations.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class ActivationCountBasedPlacementAttribute() : PlacementAttribute(ActivationCountBasedPlacement.Singleton);

    /// <summary>A silo that the key decides.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class HashBasedPlacementAttribute() : PlacementAttribute(HashBasedPlacement.Singleton);

    /// <summary>Keeps a grain class where it is: neither rebalanced nor repartitioned.</summary>
    /// <param name="kind">Which movers to keep off.</param>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class ImmovableAttribute(ImmovableKind kind = ImmovableKind.Any) : Attribute
    {
        /// <summary>Which movers are kept off.</summary>
        public ImmovableKind Kind { get; } = kind;
    }

    /// <summary>What moves grains by itself.</summary>
    [Flags]
    public enum ImmovableKind : byte
    {
        /// <summary>Moves grains near those they call.</summary>
        Repartitioner = 1,

        /// <summary>Moves grains to silos with fewer.</summary>
        Rebalancer = 2,

        /// <summary>Both.</summary>
        Any = Repartitioner | Rebalancer,
    }
}
