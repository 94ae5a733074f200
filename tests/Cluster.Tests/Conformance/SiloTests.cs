using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Silos that come and go; each test has a grid of its own.</summary>
[Collection(SharedGrid.Name)]
public sealed class SiloTests
{
    [Fact]
    public async Task A_silo_that_stops_deactivates_its_grains_and_the_next_call_finds_them_elsewhere()
    {
        await using var grid = await Deploy();
        var key = Journal.NewKey();
        var leaving = grid.Silos[1];
        var grain = await PlaceOn(grid, leaving, key);

        await grid.StopSiloAsync(leaving);
        await grid.WaitForLivenessToStabilizeAsync();

        Assert.Equal(["activated", "deactivated ShuttingDown"], Journal.Read(key));
        Assert.Equal(grid.Silos[0].SiloAddress.ToString(), await grain.WhereAmI());
        Assert.DoesNotContain(leaving, grid.Silos);
    }

    [Fact]
    public async Task A_participant_of_the_active_stage_can_move_grains_off_before_they_deactivate()
    {
        var key = Journal.NewKey();
        var mover = new Mover(key);
        await using var grid = await Deploy(
            builder => builder.ConfigureSilo((options, silo) =>
            {
                if (options.SiloName == "Silo_1")
                {
                    silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(mover);
                }
            }));
        var leaving = grid.Silos.Single(silo => silo.Name == "Silo_1");
        var staying = grid.Silos.Single(silo => silo.Name == "Silo_0");
        var grain = await PlaceOn(grid, leaving, key);
        await grain.SetState(17);
        mover.Arm(grid, staying.SiloAddress);

        await grid.StopSiloAsync(leaving);
        await grid.WaitForLivenessToStabilizeAsync();

        Assert.Equal(["activated", "deactivated Migrating", "dehydrated", "rehydrated", "activated"], Journal.Read(key));
        Assert.Equal(staying.SiloAddress.ToString(), await grain.WhereAmI());
        Assert.Equal(17, await grain.GetState());
    }

    [Fact]
    public async Task A_killed_silo_loses_its_grains_and_their_running_calls_fail()
    {
        await using var grid = await Deploy();
        var key = Journal.NewKey();
        var lost = grid.Silos[1];
        var grain = await PlaceOn(grid, lost, key);
        await grain.SetState(17);
        // Called from the other silo: a client of the real runtime may only notice by its timeout.
        var call = grid.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ILifeGrain>(key).Pass("long");
        await Journal.Written(key, "long begins");

        await grid.KillSiloAsync(lost);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call.WaitAsync(Journal.Patience));
        await grid.WaitForLivenessToStabilizeAsync(didKill: true);
        Assert.Equal(0, await grain.GetState());
        Assert.Equal(grid.Silos[0].SiloAddress.ToString(), await grain.WhereAmI());
    }

    [Fact]
    public async Task The_services_of_a_killed_silo_are_stopped_without_grace_and_disposed()
    {
        var service = new Witness();
        await using var grid = await Deploy(builder => builder.ConfigureSiloHost((options, host) =>
        {
            if (options.SiloName == "Silo_1")
            {
                host.Services.AddSingleton<IHostedService>(_ => service);
            }
        }));

        await grid.KillSiloAsync(grid.Silos.Single(silo => silo.Name == "Silo_1"));

        Assert.True(service.WasStoppedWithoutGrace);
        Assert.True(service.IsDisposed);
    }

    [Fact]
    public async Task A_silo_that_restarts_is_another_silo()
    {
        await using var grid = await Deploy();
        var old = grid.Silos[1];

        var restarted = await grid.RestartSiloAsync(old);
        await grid.WaitForLivenessToStabilizeAsync();

        Assert.NotNull(restarted);
        Assert.NotEqual(old.SiloAddress, restarted.SiloAddress);
        var key = Journal.NewKey();
        var grain = await PlaceOn(grid, restarted, key);
        Assert.Equal(restarted.SiloAddress.ToString(), await grain.WhereAmI());
    }

    [Fact]
    public async Task A_silo_that_joins_takes_grains_and_is_named_by_the_management_grain()
    {
        await using var grid = await Deploy();

        var joined = await grid.StartAdditionalSiloAsync();
        await grid.WaitForLivenessToStabilizeAsync();
        var grain = await PlaceOn(grid, joined, Journal.NewKey());

        Assert.Equal(joined.SiloAddress.ToString(), await grain.WhereAmI());
        Assert.Contains(joined.SiloAddress, (await grid.Client.GetGrain<IManagementGrain>(0).GetHosts(true)).Keys);
    }

    [Fact]
    public async Task Stages_of_a_silo_start_in_ascending_and_stop_in_descending_order()
    {
        var key = Journal.NewKey();
        await using (var grid = await Deploy(
            builder => builder.ConfigureSilo((_, silo) =>
                silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new StageWriter(key))),
            silos: 1))
        {
            await grid.StopAllSilosAsync();
        }

        Assert.Equal(["start early", "start late", "stop late", "stop early"], Journal.Read(key));
    }

    [Fact]
    public async Task An_idle_activation_is_collected()
    {
        await using var grid = await Deploy(
            builder => builder.ConfigureSilo((_, silo) => silo.Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionQuantum = TimeSpan.FromSeconds(1);
                options.CollectionAge = TimeSpan.FromSeconds(2);
            })),
            silos: 1);
        var key = Journal.NewKey();
        await grid.Client.GetGrain<ILifeGrain>(key).SetState(1);

        await Journal.Written(key, "deactivated ActivationIdle");

        Assert.Equal(0, await grid.Client.GetGrain<ILifeGrain>(key).GetState());
    }

    [Fact]
    public async Task The_response_timeout_of_the_client_is_its_own()
    {
        await using var grid = await Deploy(
            builder => builder.ConfigureClient(client =>
                client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(500))),
            silos: 1);
        var key = Journal.NewKey();

        await Assert.ThrowsAsync<TimeoutException>(() => grid.Client.GetGrain<IProbeGrain>(key).Pass("slow"));
        Journal.Open($"{key}/slow");
    }

    private static async Task<InProcessTestCluster> Deploy(Action<InProcessTestClusterBuilder>? configure = null, short silos = 2)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        configure?.Invoke(builder);
        var grid = builder.Build();
        await grid.DeployAsync();
        return grid;
    }

    private static async Task<ILifeGrain> PlaceOn(InProcessTestCluster grid, InProcessSiloHandle silo, string key)
    {
        var grain = grid.Client.GetGrain<ILifeGrain>(key);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        Assert.Equal(silo.SiloAddress.ToString(), await grain.WhereAmI());
        RequestContext.Clear();
        return grain;
    }

    private sealed class Mover(string key) : ILifecycleParticipant<ISiloLifecycle>
    {
        private InProcessTestCluster? _grid;
        private SiloAddress? _target;

        public void Arm(InProcessTestCluster grid, SiloAddress target) => (_grid, _target) = (grid, target);

        public void Participate(ISiloLifecycle lifecycle) =>
            lifecycle.Subscribe(nameof(Mover), ServiceLifecycleStage.Active, _ => Task.CompletedTask, MoveOff);

        private async Task MoveOff(CancellationToken token)
        {
            if (_grid is not null)
            {
                var grain = _grid.Client.GetGrain<ILifeGrain>(key);
                var gone = _grid.WaitForDeactivationAsync(grain);
                await grain.MoveTo(_target!);
                await gone.WaitAsync(token);
            }
        }
    }

    private sealed class StageWriter(string key) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            lifecycle.Subscribe("late", ServiceLifecycleStage.Active, _ => Write("start late"), _ => Write("stop late"));
            lifecycle.Subscribe("early", ServiceLifecycleStage.ApplicationServices, _ => Write("start early"), _ => Write("stop early"));
        }

        private Task Write(string what)
        {
            Journal.Write(key, what);
            return Task.CompletedTask;
        }
    }

    private sealed class Witness : IHostedService, IDisposable
    {
        public bool WasStoppedWithoutGrace { get; private set; }

        public bool IsDisposed { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            WasStoppedWithoutGrace = cancellationToken.IsCancellationRequested;
            return Task.CompletedTask;
        }

        public void Dispose() => IsDisposed = true;
    }
}
