using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The silos and clients of this process that belong together.</summary>
internal sealed class Grid
{
    private static readonly Dictionary<string, Grid> Grids = [];
    private static readonly Lock GridsGate = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<SiloAddress, SiloStatus> _statuses = [];
    private readonly List<Caller> _callers = [];
    private SiloRuntime[] _active = [];

    private Grid(string name)
    {
        Name = name;
        Directory = new Directory(this);
        Placer = new Placer(this);
    }

    public string Name { get; }

    public Directory Directory { get; }

    public Placer Placer { get; }

    /// <summary>The silos that take grains, in the order they came.</summary>
    public SiloRuntime[] ActiveSilos => Volatile.Read(ref _active);

    /// <summary>The grid of that name; it lasts while any caller belongs to it.</summary>
    public static Grid Named(string name)
    {
        lock (GridsGate)
        {
            if (!Grids.TryGetValue(name, out var grid))
            {
                Grids[name] = grid = new Grid(name);
            }

            return grid;
        }
    }

    /// <summary>The silos and where they are in their life.</summary>
    public Dictionary<SiloAddress, SiloStatus> Statuses(bool onlyActive)
    {
        lock (_gate)
        {
            return _statuses.Where(entry => !onlyActive || entry.Value == SiloStatus.Active).ToDictionary();
        }
    }

    /// <summary>Writes down where a silo is in its life.</summary>
    /// <exception cref="OrleansConfigurationException">Another silo of the grid has the same endpoint.</exception>
    public void SetStatus(SiloRuntime silo, SiloStatus status)
    {
        lock (_gate)
        {
            if (status == SiloStatus.Joining && _active.Any(other => other.SiloAddress.Endpoint.Equals(silo.SiloAddress.Endpoint)))
            {
                throw new OrleansConfigurationException(
                    $"Silo endpoint {silo.SiloAddress.Endpoint} is taken by another silo of grid {Name}; give each silo its own siloPort.");
            }

            _statuses[silo.SiloAddress] = status;
            silo.Status = status;
            var others = _active.Where(other => !ReferenceEquals(other, silo));
            Volatile.Write(ref _active, status == SiloStatus.Active ? [.. others, silo] : [.. others]);
        }
    }

    /// <summary>Writes down that a silo is dead, which it does not know.</summary>
    public void DeclareDead(SiloRuntime silo)
    {
        lock (_gate)
        {
            _statuses[silo.SiloAddress] = SiloStatus.Dead;
            Volatile.Write(ref _active, [.. _active.Where(other => !ReferenceEquals(other, silo))]);
        }
    }

    public void Join(Caller caller)
    {
        lock (GridsGate)
        {
            // A grid that everybody had left is forgotten; a late comer brings it back.
            Grids[Name] = this;
            _callers.Add(caller);
        }
    }

    public void Leave(Caller caller)
    {
        lock (GridsGate)
        {
            _callers.Remove(caller);
            if (_callers.Count == 0)
            {
                Grids.Remove(Name);
            }
        }
    }

    /// <summary>Answers every call that waits on a silo which is gone.</summary>
    public void FailCallsTo(SiloRuntime silo)
    {
        Caller[] callers;
        lock (GridsGate)
        {
            callers = [.. _callers];
        }

        foreach (var caller in callers)
        {
            if (silo.IsCutOff && ReferenceEquals(caller, silo))
            {
                continue; // it is alone, not dead: what it asks itself is answered
            }

            caller.Waiting.FailWhere(call => ReferenceEquals(call.Target?.Silo, silo) ? silo.Lost(call) : null);
        }
    }
}
