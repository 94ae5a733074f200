using OrleansSgd.Core.Randomness;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>The silos, who is thought to live, and which activation answers for which shard, worker and keeper.</summary>
internal sealed class Grid
{
    private const int SiloCount = 3;

    // Between two tries of a store that failed, in microseconds.
    private const int StorePause = 10_000;

    private readonly SeededRandom _random;
    private readonly SeededRandom _clocks;
    private readonly List<Silo> _silos = [];
    private readonly Activations<int, ShardHost> _shards;
    private readonly Activations<int, WorkerHost> _workers;
    private readonly Activations<(int Worker, int Keeper), KeeperHost> _keepers = new((_, silo) => new KeeperHost(silo));
    private int _silosStarted;

    public Grid(FaultPlan plan, Hooks hooks, RunFacts facts, VirtualTime time)
    {
        Plan = plan;
        Hooks = hooks;
        Facts = facts;
        Time = time;
        Model = new ToyModel(plan);
        _random = new SeededRandom(plan.Run.Seed, stream: 2);
        _clocks = new SeededRandom(plan.Run.Seed, stream: 5);
        Network = new FaultyNetwork(Time, new SeededRandom(plan.Run.Seed, stream: 3), plan);
        _shards = new Activations<int, ShardHost>((shard, silo) => new ShardHost(this, shard, silo));
        _workers = new Activations<int, WorkerHost>((worker, silo) => new WorkerHost(this, worker, silo));
        for (int i = 0; i < SiloCount; i++)
        {
            AddSilo();
        }

        Store = new FaultyStore(this, new SeededRandom(plan.Run.Seed, stream: 7));
        Home = new Silo("home", time, Clock());
        Job = new JobHost(this, generation: 1, null);
        new FaultScript(this, _random).Begin();
    }

    public FaultPlan Plan { get; }

    public Hooks Hooks { get; }

    public RunFacts Facts { get; }

    public ToyModel Model { get; }

    public VirtualTime Time { get; }

    public FaultyNetwork Network { get; }

    public FaultyStore Store { get; }

    public JobHost Job { get; private set; }

    /// <summary>Where the job lives; it hosts nothing else.</summary>
    public Silo Home { get; private set; }

    /// <summary>The silos that are thought to live.</summary>
    public IReadOnlyList<Silo> Silos => _silos;

    /// <summary>Their names, sorted.</summary>
    public string[] Members => [.. _silos.Select(silo => silo.Name).Order(StringComparer.Ordinal)];

    /// <summary>The activation of a shard that lives; null when there is none.</summary>
    public ShardHost? LivingShard(int shard) => _shards.Current(shard) is { IsDead: false } host ? host : null;

    /// <inheritdoc cref="LivingShard"/>
    public WorkerHost? LivingWorker(int worker) => _workers.Current(worker) is { IsDead: false } host ? host : null;

    /// <summary>Calls a shard; the call is lost when nobody is there to host it.</summary>
    public void CallShard<T>(
        Silo from, int shard, Action<ShardHost, Action<T>> call, Action<T> answered, Action failed, string? hint = null) =>
        CallOn(_shards, from, shard, call, answered, failed, hint);

    /// <inheritdoc cref="CallShard"/>
    public void CallWorker<T>(
        Silo from, int worker, Action<WorkerHost, Action<T>> call, Action<T> answered, Action failed, string? hint = null) =>
        CallOn(_workers, from, worker, call, answered, failed, hint);

    /// <inheritdoc cref="CallShard"/>
    public void CallKeeper<T>(
        Silo from, int worker, int keeper, Action<KeeperHost, Action<T>> call, Action<T> answered, Action failed, string? hint = null) =>
        CallOn(_keepers, from, (worker, keeper), call, answered, failed, hint);

    /// <summary>Calls the job.</summary>
    public void CallJob<T>(Silo from, Action<JobHost, Action<T>> call, Action<T> answered, Action failed)
    {
        JobHost job = Job;
        Network.Call(from, Home, reply => call(job, reply), answered, failed);
    }

    /// <summary>A new coordinator takes the job over and goes on from the newest checkpoint; a store that fails is asked again.</summary>
    public void ResumeJob()
    {
        var home = new Silo("home", Time, Clock());
        Store.Claim(
            (generation, saved) =>
            {
                Home = home;
                Facts.Resume(saved?.Run.Ticket ?? 0, saved?.Mark ?? 0);
                Job = new JobHost(this, generation, saved);
            },
            () => home.After(StorePause, ResumeJob));
    }

    /// <summary>Starts a silo.</summary>
    public void AddSilo() => _silos.Add(new Silo($"silo-{_silosStarted++:D2}", Time, Clock()));

    /// <summary>The others think a silo dead, which it may be.</summary>
    public void Forget(Silo silo)
    {
        silo.IsMember = false;
        _silos.Remove(silo);
        _shards.Forget(silo);
        _workers.Forget(silo);
        _keepers.Forget(silo);
    }

    /// <summary>An activation that has handed its state over ends.</summary>
    public void Drop(int shard, ShardHost host) => _shards.Drop(shard, host);

    /// <inheritdoc cref="Drop(int, ShardHost)"/>
    public void Drop(int worker, WorkerHost host) => _workers.Drop(worker, host);

    /// <summary>One shard alone loses its memory.</summary>
    public void DropShard(int shard) => _shards.Drop(shard);

    /// <summary>One worker alone dies, and its silo says so.</summary>
    public void DropWorker(int worker)
    {
        if (_workers.Current(worker) is { IsDead: false })
        {
            _workers.Drop(worker)!.ReportEnd();
        }
    }

    private void CallOn<TKey, THost, T>(
        Activations<TKey, THost> hosts, Silo from, TKey member, Action<THost, Action<T>> call, Action<T> answered, Action failed, string? hint)
        where TKey : notnull
        where THost : class, IActivation
    {
        THost? host = hosts.Find(member, from, () => Place(hint));
        Network.Call<T>(
            from, host?.Silo,
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

    private double Clock() => Math.Pow(Plan.ClockSkew, (2 * _clocks.NextDouble()) - 1);
}
