using Orleans.Concurrency;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A grain with timers; a tick tells the journal and, when asked, waits at a gate.</summary>
public interface ITimerGrain : IGrainWithStringKey
{
    Task Start(string name, bool interleave, bool once);

    Task Stop(string name);

    Task Hasten(string name);

    Task Hold(string name);

    [AlwaysInterleave]
    Task<int> Ticks(string name);

    Task Leave();
}

/// <inheritdoc/>
public class TimerGrain : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];
    private readonly Dictionary<string, int> _ticks = [];
    private TaskScheduler? _own;

    private string Key => this.GetPrimaryKeyString();

    public Task Start(string name, bool interleave, bool once)
    {
        _own = TaskScheduler.Current;
        var soon = TimeSpan.FromMilliseconds(10);
        _timers[name] = this.RegisterGrainTimer(
            Tick,
            name,
            new GrainTimerCreationOptions(soon, once ? Timeout.InfiniteTimeSpan : soon) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Stop(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task Hasten(string name)
    {
        _timers[name].Change(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        Journal.Write(Key, $"{name} begins");
        await Journal.Gate($"{Key}/{name}");
        Journal.Write(Key, $"{name} ends");
    }

    public Task<int> Ticks(string name) => Task.FromResult(_ticks.GetValueOrDefault(name));

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private Task Tick(string name, CancellationToken token)
    {
        token.Register(() => Journal.Write(Key, $"{name} disposed"));
        _ticks[name] = _ticks.GetValueOrDefault(name) + 1;
        Journal.Write(Key, $"{name} tick {_ticks[name]} {(TaskScheduler.Current == _own ? "inside" : "outside")}");
        return name == "failing" ? throw new InvalidOperationException("a tick that fails") : Task.CompletedTask;
    }
}
