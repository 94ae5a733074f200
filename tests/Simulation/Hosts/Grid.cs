using OrleansSgd.Core.Randomness;
using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>The silos, who is thought to live, and which activation answers for which shard and worker.</summary>
internal sealed class Grid
{
    private const int SiloCount = 3;

    // When others notice that a silo died, and when a silo is started in its place, in microseconds.
    private const int NoticedWithin = 60_000;
    private const int ReplacedWithin = 300_000;

    private readonly SeededRandom _random;
    private readonly List<Silo> _silos = [];
    private readonly ShardHost?[] _shards;
    private readonly WorkerHost?[] _workers;
    private int _silosStarted;

    public Grid(FaultPlan plan, Hooks hooks, RunFacts facts)
    {
        Plan = plan;
        Hooks = hooks;
        Facts = facts;
        Model = new ToyModel(plan);
        _random = new SeededRandom(plan.Run.Seed, stream: 2);
        Network = new Network(Time, new SeededRandom(plan.Run.Seed, stream: 3), plan);
        _shards = new ShardHost?[plan.Run.Shards];
        _workers = new WorkerHost?[plan.Run.Workers];
        for (int i = 0; i < SiloCount; i++)
        {
            AddSilo();
        }

        Job = new JobHost(this);
        PlanFaults();
    }

    public FaultPlan Plan { get; }

    public Hooks Hooks { get; }

    public RunFacts Facts { get; }

    public ToyModel Model { get; }

    public VirtualTime Time { get; } = new();

    public Network Network { get; }

    public JobHost Job { get; }

    /// <summary>The silos that are thought to live, sorted.</summary>
    public string[] Members => [.. _silos.Select(silo => silo.Name).Order(StringComparer.Ordinal)];

    /// <summary>The activation of a shard; a new one, somewhere, when there is none.</summary>
    public ShardHost? Shard(int shard, string? hint = null)
    {
        if (_shards[shard] is null && Place(hint) is { } silo)
        {
            _shards[shard] = new ShardHost(this, shard, silo);
        }

        return _shards[shard];
    }

    /// <inheritdoc cref="Shard"/>
    public WorkerHost? Worker(int worker, string? hint = null)
    {
        if (_workers[worker] is null && Place(hint) is { } silo)
        {
            _workers[worker] = new WorkerHost(this, worker, silo);
        }

        return _workers[worker];
    }

    /// <summary>Calls a shard; the call is lost when nobody is there to host it.</summary>
    public void CallShard<T>(
        int shard, Action<ShardHost, Action<T>> call, Action<T> answered, Action failed, string? hint = null)
    {
        ShardHost? host = Shard(shard, hint);
        Network.Call(
            reply =>
            {
                if (host is { IsDead: false })
                {
                    call(host, reply);
                }
            },
            answered, failed);
    }

    /// <inheritdoc cref="CallShard"/>
    public void CallWorker<T>(
        int worker, Action<WorkerHost, Action<T>> call, Action<T> answered, Action failed, string? hint = null)
    {
        WorkerHost? host = Worker(worker, hint);
        Network.Call(
            reply =>
            {
                if (host is { IsDead: false })
                {
                    call(host, reply);
                }
            },
            answered, failed);
    }

    private Silo? Place(string? hint) => _silos.Count == 0
        ? null
        : _silos.Find(silo => silo.Name == hint) ?? _silos[_random.NextInt(_silos.Count)];

    private void PlanFaults()
    {
        foreach (long moment in Plan.SiloCrashes)
        {
            Time.After(moment, () => CrashSilo(noticedAfter: _random.NextInt(NoticedWithin), diesAfter: 0));
        }

        foreach (long moment in Plan.SiloSuspicions)
        {
            Time.After(moment, () => CrashSilo(noticedAfter: 0, diesAfter: _random.NextInt(NoticedWithin)));
        }

        foreach (long moment in Plan.ShardCrashes)
        {
            Time.After(moment, () => DropShard(_random.NextInt(_shards.Length)));
        }

        foreach (long moment in Plan.WorkerCrashes)
        {
            Time.After(moment, () => DropWorker(_random.NextInt(_workers.Length)));
        }
    }

    private void AddSilo() => _silos.Add(new Silo($"silo-{_silosStarted++:D2}"));

    private void CrashSilo(int noticedAfter, int diesAfter)
    {
        if (_silos.Count == 0)
        {
            return;
        }

        Silo silo = _silos[_random.NextInt(_silos.Count)];
        Time.After(diesAfter, () => silo.IsUp = false);
        Time.After(noticedAfter, () => Forget(silo));
        Time.After(noticedAfter + _random.NextInt(ReplacedWithin), AddSilo);
    }

    private void Forget(Silo silo)
    {
        _silos.Remove(silo);
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = _shards[i]?.Silo == silo ? null : _shards[i];
        }

        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = _workers[i]?.Silo == silo ? null : _workers[i];
        }
    }

    private void DropShard(int shard)
    {
        _shards[shard]?.Drop();
        _shards[shard] = null;
    }

    private void DropWorker(int worker)
    {
        if (_workers[worker] is { IsDead: false } host)
        {
            host.Drop();
            _workers[worker] = null;
            host.ReportEnd();
        }
    }
}
