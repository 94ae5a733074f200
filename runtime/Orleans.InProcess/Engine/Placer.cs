using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Engine;

/// <summary>Chooses silos for grains.</summary>
internal sealed class Placer(Grid grid)
{
    private int _turn;

    /// <summary>The silo for a new activation: the hinted one if it takes grains, else as the class's attribute says.</summary>
    public SiloRuntime Choose(GrainId id, GrainClass grainClass, Caller? caller, Dictionary<string, object>? requestContext)
    {
        var silos = grid.ActiveSilos;
        if (silos.Length == 0)
        {
            throw new SiloUnavailableException($"No silo of grid {grid.Name} takes grains, so {id} cannot be activated.");
        }

        if (Hint(silos, requestContext) is { } hinted)
        {
            return hinted;
        }

        return grainClass.Placement switch
        {
            PreferLocalPlacement when caller?.AsSilo is { Status: SiloStatus.Active, IsCutOff: false } local => local,
            HashBasedPlacement => silos[id.GetUniformHashCode() % (uint)silos.Length],
            ActivationCountBasedPlacement => FewestActivations(silos),
            _ => silos[Random.Shared.Next(silos.Length)],
        };
    }

    /// <summary>Where a grain that wants to move goes; null when it is best where it is.</summary>
    public SiloRuntime? ChooseForMigration(Activation activation, Dictionary<string, object>? requestContext)
    {
        var silos = grid.ActiveSilos;
        if (silos.Length == 0)
        {
            return null;
        }

        var chosen = Choose(activation.GrainId, activation.Class, activation.Silo, requestContext);
        return ReferenceEquals(chosen, activation.Silo) ? null : chosen;
    }

    private static SiloRuntime? Hint(SiloRuntime[] silos, Dictionary<string, object>? requestContext)
    {
        if (requestContext is null || !requestContext.TryGetValue(IPlacementDirector.PlacementHintKey, out var value) || value is not SiloAddress hint)
        {
            return null;
        }

        foreach (var silo in silos)
        {
            if (silo.SiloAddress.Equals(hint))
            {
                return silo;
            }
        }

        return null;
    }

    private SiloRuntime FewestActivations(SiloRuntime[] silos)
    {
        // Ties go round, so that equal silos fill equally.
        var start = Interlocked.Increment(ref _turn) & int.MaxValue;
        var best = silos[start % silos.Length];
        for (var step = 1; step < silos.Length; step++)
        {
            var silo = silos[(start + step) % silos.Length];
            if (silo.ActivationCount < best.ActivationCount)
            {
                best = silo;
            }
        }

        return best;
    }
}
