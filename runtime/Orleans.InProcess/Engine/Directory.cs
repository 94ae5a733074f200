using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Which activation each grain of a grid has: at most one.</summary>
internal sealed class Directory(Grid grid)
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly Lock _gate = new();

    /// <summary>The grain's activation; made and begun here when there is none.</summary>
    /// <exception cref="SiloUnavailableException">No silo takes grains.</exception>
    public Activation Find(GrainId id, GrainClass grainClass, Caller caller, Dictionary<string, object>? requestContext)
    {
        if (caller.AsSilo is { IsCutOff: true } island && island.Own(id) is { } own)
        {
            return own;
        }

        if (_activations.TryGetValue(id, out var known) && !known.IsGone)
        {
            return known;
        }

        Activation made;
        lock (_gate)
        {
            if (_activations.TryGetValue(id, out known) && !known.IsGone)
            {
                return known;
            }

            var silo = grid.Placer.Choose(id, grainClass, caller, requestContext);
            _activations[id] = made = silo.Create(grainClass, id);
        }

        made.Begin(requestContext, null);
        return made;
    }

    /// <summary>The grain's activation, if it has one.</summary>
    public Activation? Lookup(GrainId id) => _activations.TryGetValue(id, out var known) && !known.IsGone ? known : null;

    /// <summary>Takes an activation that ended out, and puts its next life in when it moves.</summary>
    public void Replace(Activation ended, SiloRuntime? target, Dictionary<string, object>? requestContext, MigrationBag? luggage)
    {
        Activation? next = null;
        lock (_gate)
        {
            if (!_activations.TryGetValue(ended.GrainId, out var known) || !ReferenceEquals(known, ended))
            {
                return;
            }

            _activations.TryRemove(ended.GrainId, out _);
            if (target is { Status: SiloStatus.Active, IsCutOff: false })
            {
                _activations[ended.GrainId] = next = target.Create(ended.Class, ended.GrainId);
            }
        }

        next?.Begin(requestContext, luggage);
    }

    /// <summary>Takes out every activation of a silo that is thought dead, so that the next call brings the grain to life elsewhere.</summary>
    /// <returns>What the silo itself still finds.</returns>
    public Dictionary<GrainId, Activation> CutOff(SiloRuntime silo)
    {
        lock (_gate)
        {
            var own = new Dictionary<GrainId, Activation>();
            foreach (var activation in silo.Activations)
            {
                activation.CutOff();
                if (_activations.TryGetValue(activation.GrainId, out var known) && ReferenceEquals(known, activation))
                {
                    _activations.TryRemove(activation.GrainId, out _);
                    own[activation.GrainId] = activation;
                }
            }

            return own;
        }
    }

    /// <summary>Takes out every activation of a silo and kills it.</summary>
    public void KillAll(SiloRuntime silo)
    {
        Activation[] killed;
        lock (_gate)
        {
            killed = [.. silo.Activations];
            foreach (var activation in killed)
            {
                activation.MarkKilled();
                if (_activations.TryGetValue(activation.GrainId, out var known) && ReferenceEquals(known, activation))
                {
                    _activations.TryRemove(activation.GrainId, out _);
                }
            }
        }

        // Outside the lock: the end of a timer may run code of the grain.
        foreach (var activation in killed)
        {
            activation.Kill();
        }
    }
}
