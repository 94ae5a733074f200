namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Somebody on a silo who answers calls.</summary>
internal interface IActivation
{
    /// <summary>Where it lives.</summary>
    Silo Silo { get; }

    /// <summary>True once it, or its silo, is gone.</summary>
    bool IsDead { get; }

    /// <summary>Ends it alone; its silo lives on.</summary>
    void Drop();
}

/// <summary>Which activation answers for which member. A silo that does not know that it is thought dead goes on with its own.</summary>
internal sealed class Activations<TKey, THost>(Func<TKey, Silo, THost> make)
    where TKey : notnull
    where THost : class, IActivation
{
    private readonly Dictionary<TKey, THost> _current = [];
    private readonly Dictionary<(Silo Silo, TKey Member), THost> _left = [];

    /// <summary>The activation of a member as a silo sees it; a new one when there is none and somebody may place it.</summary>
    public THost? Find(TKey member, Silo from, Func<Silo?> place)
    {
        if (!from.IsMember && _left.TryGetValue((from, member), out THost? left))
        {
            return left;
        }

        if (!_current.ContainsKey(member) && !from.IsAlone && place() is { } silo)
        {
            _current[member] = make(member, silo);
        }

        return Current(member);
    }

    /// <summary>The activation that the others know, if any.</summary>
    public THost? Current(TKey member) => _current.GetValueOrDefault(member);

    /// <summary>The others have forgotten a silo and everybody on it.</summary>
    public void Forget(Silo silo)
    {
        foreach ((TKey member, THost host) in _current.Where(one => one.Value.Silo == silo).ToArray())
        {
            _left[(silo, member)] = host;
            _current.Remove(member);
        }
    }

    /// <summary>Ends the activation of one member alone, which is returned; null when there is none.</summary>
    public THost? Drop(TKey member)
    {
        THost? host = Current(member);
        host?.Drop();
        _current.Remove(member);
        return host;
    }

    /// <summary>Ends this activation, which may be one of those that the others have forgotten.</summary>
    public void Drop(TKey member, THost host)
    {
        host.Drop();
        if (Current(member) == host)
        {
            _current.Remove(member);
        }
    }
}
