using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>One silo: its activations, its place in the grid and its life.</summary>
internal sealed class SiloRuntime : Caller, ILocalSiloDetails, IDisposable
{
    private readonly ConcurrentDictionary<Activation, byte> _activations = new();
    private readonly IOptions<SiloMessagingOptions> _messaging;
    private readonly SiloLifecycle _lifecycle = new();
    private readonly ITimer _collector;
    private readonly bool _listens;
    private Gateway.GatewayListener? _listener;
    private int _activationCount;
    private int _idleClock;
    private int _stopped;
    private volatile Dictionary<GrainId, Activation>? _island;

    public SiloRuntime(IServiceProvider services)
        : base(Grid.Named(GridNames.OfSilo(services)), services, services.GetRequiredService<TimeProvider>())
    {
        _messaging = services.GetRequiredService<IOptions<SiloMessagingOptions>>();
        Collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Silo");
        TracesCalls = services.GetService<ActivityPropagation>() is not null;
        var endpoint = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        var address = endpoint.AdvertisedIPAddress ?? IPAddress.Loopback;
        var generation = SiloAddress.AllocateNewGeneration();
        SiloAddress = SiloAddress.New(address, endpoint.SiloPort, generation);
        GatewayAddress = SiloAddress.New(address, endpoint.GatewayPort, generation);
        ClusterId = services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;
        Name = services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName ?? $"Silo_{generation}";
        _listens = services.GetService<ListensForClients>() is not null && endpoint.GatewayPort > 0;
        _collector = Timers.Create(Time, static state => ((SiloRuntime)state!).CollectIdle(), this);
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress { get; }

    public SiloStatus Status { get; set; } = SiloStatus.Created;

    public ILogger Log { get; }

    public GrainCollectionOptions Collection { get; }

    /// <summary>Counts collection quanta; coarse, so that a call need not read a clock.</summary>
    public int IdleClock => Volatile.Read(ref _idleClock);

    public int ActivationCount => Volatile.Read(ref _activationCount);

    /// <summary>True when the others think this silo dead while it goes on: it calls them, they do not call it.</summary>
    public bool IsCutOff => _island is not null;

    public IEnumerable<Activation> Activations => _activations.Keys;

    public override TimeSpan ResponseTimeout => _messaging.Value.ResponseTimeout;

    public override SiloRuntime? AsSilo => this;

    public Activation Create(GrainClass grainClass, GrainId id)
    {
        var activation = new Activation(this, grainClass, id);
        _activations[activation] = 0;
        Interlocked.Increment(ref _activationCount);
        return activation;
    }

    public void Forget(Activation activation)
    {
        if (_activations.TryRemove(activation, out _))
        {
            Interlocked.Decrement(ref _activationCount);
        }
    }

    /// <summary>The error of a call whose silo was lost.</summary>
    public SiloUnavailableException Lost(Call call) => new(
        $"Silo {SiloAddress} became unavailable during {call.Traits.Name} of {call.Target.GrainId}; the call may or may not have run.");

    /// <summary>Starts the stages and joins the grid.</summary>
    public async Task Start(CancellationToken token)
    {
        _listener = _listens ? new Gateway.GatewayListener(this) : null;
        Grid.Join(this);
        Grid.SetStatus(this, SiloStatus.Joining);
        _lifecycle.Subscribe(nameof(SiloRuntime), ServiceLifecycleStage.BecomeActive, _ => Become(SiloStatus.Active), _ => Become(SiloStatus.ShuttingDown));
        _lifecycle.Subscribe(nameof(SiloRuntime), ServiceLifecycleStage.GrainDeactivation, _ => Task.CompletedTask, DeactivateAll);
        foreach (var participant in Services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
        {
            participant.Participate(_lifecycle);
        }

        var quantum = Collection.CollectionQuantum;
        _collector.Change(quantum, quantum);
        await _lifecycle.Start(token);
        _listener?.Start();
    }

    /// <summary>Stops in good order, or at once when the token is cancelled already: then it is a kill.</summary>
    public async Task Stop(CancellationToken token)
    {
        if (token.IsCancellationRequested || IsCutOff)
        {
            Kill();
        }

        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _lifecycle.Stop(token, (stage, error) => Log.LogStageFailed(stage, error));
        Kill();
    }

    /// <summary>Vanishes: activations end without a word, calls to and from here fail.</summary>
    public void Kill()
    {
        if (Status == SiloStatus.Dead)
        {
            return;
        }

        Grid.SetStatus(this, SiloStatus.Dead);
        _listener?.Dispose();
        _collector.Dispose();
        Grid.Directory.KillAll(this);
        _activations.Clear();
        Grid.FailCallsTo(this);
        StopCalling();
        Grid.Leave(this);
    }

    /// <summary>Cuts the silo off: it is declared dead and its grains begin anew elsewhere, while it goes on and its calls still reach the others.</summary>
    /// <remarks>The worst a network can do. It ends with <see cref="Kill"/>: a silo that learns that it was declared dead stops.</remarks>
    public void CutOff()
    {
        if (Status == SiloStatus.Active && !IsCutOff)
        {
            Grid.DeclareDead(this);
            _island = Grid.Directory.CutOff(this);
            Grid.FailCallsTo(this);
        }
    }

    /// <summary>The activation of a silo that is cut off, as only the silo itself finds it.</summary>
    public Activation? Own(GrainId id) => _island is { } island && island.TryGetValue(id, out var own) && !own.IsGone ? own : null;

    public void Dispose() => Kill();

    public override string ToString() => $"Silo {SiloAddress}";

    private Task Become(SiloStatus status)
    {
        if (Status != SiloStatus.Dead)
        {
            Grid.SetStatus(this, status);
        }

        return Task.CompletedTask;
    }

    private async Task DeactivateAll(CancellationToken token)
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");
        // Grains that end may have brought others to life here before the silo stopped taking them.
        while (!_activations.IsEmpty && !token.IsCancellationRequested)
        {
            var ending = _activations.Keys.ToArray();
            foreach (var activation in ending)
            {
                activation.Deactivate(reason, token);
            }

            await Task.WhenAll(ending.Select(activation => activation.Deactivated)).WaitAsync(token);
        }
    }

    private void CollectIdle()
    {
        Interlocked.Increment(ref _idleClock);
        var ticksMin = Math.Max(1, (int)Math.Ceiling(Collection.CollectionAge / Collection.CollectionQuantum));
        foreach (var activation in _activations.Keys)
        {
            if (IdleClock - activation.LastUsed >= ticksMin)
            {
                activation.CollectIfIdle(ticksMin);
            }
        }
    }
}
