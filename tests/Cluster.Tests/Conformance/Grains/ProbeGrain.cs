using Orleans.Concurrency;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A grain that waits at gates and tells the journal what it does.</summary>
public interface IProbeGrain : IGrainWithStringKey
{
    Task<string> WhereAmI();

    Task<string> Life();

    Task Pass(string name);

    [AlwaysInterleave]
    Task PassInterleaving(string name);

    [ReadOnly]
    Task PassReading(string name);

    [OneWay]
    Task PassUnseen(string name);

    [OneWay]
    Task FailUnseen();

    Task PassCancellable(string name, CancellationToken token);

    Task<string> SchedulerStory(string gate);

    Task Fail(string message, bool afterAwait);

    Task<string?> ContextValue(string key);

    Task SetContextValue(string key, string value);

    Task<string?> AmbientValue();

    Task Leave();

    Task PassAndLeave(string name);

    [ResponseTimeout("00:00:00.5")]
    Task PassInHaste(string name);

    ValueTask<int> Twice(int value);

    ValueTask Nothing();
}

/// <inheritdoc/>
public class ProbeGrain : Grain, IProbeGrain
{
    private readonly string _life = Guid.NewGuid().ToString("N");

    public static AsyncLocal<string?> Ambient { get; } = new();

    private string Key => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write(Key, $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<string> WhereAmI() => Task.FromResult(RuntimeIdentity);

    public Task<string> Life() => Task.FromResult(_life);

    public async Task Pass(string name)
    {
        Journal.Write(Key, $"{name} begins");
        await Journal.Gate($"{Key}/{name}");
        Journal.Write(Key, $"{name} ends");
    }

    public Task PassInterleaving(string name) => Pass(name);

    public Task PassReading(string name) => Pass(name);

    public Task PassUnseen(string name) => Pass(name);

    public Task FailUnseen() => throw new InvalidOperationException("nobody sees this");

    public async Task PassCancellable(string name, CancellationToken token)
    {
        Journal.Write(Key, $"{name} begins");
        try
        {
            await Journal.Gate($"{Key}/{name}").WaitAsync(token);
        }
        catch (OperationCanceledException)
        {
            Journal.Write(Key, $"{name} cancelled");
            throw;
        }
    }

    public async Task<string> SchedulerStory(string gate)
    {
        var own = TaskScheduler.Current;
        var story = own == TaskScheduler.Default ? "default" : "own";
        Journal.Write(Key, "waiting");
        await Journal.Gate(gate);
        story += TaskScheduler.Current == own ? " back" : " lost";
        await Task.Yield();
        story += TaskScheduler.Current == own ? " back" : " lost";
        Journal.Write(Key, "waiting again");
#pragma warning disable ORLEANS0014 // That it leaves the activation is what the test is about.
        await Journal.Gate(gate + "2").ConfigureAwait(false);
#pragma warning restore ORLEANS0014
        return story + (TaskScheduler.Current == own ? " back" : " left");
    }

    public async Task Fail(string message, bool afterAwait)
    {
        if (afterAwait)
        {
            await Task.Yield();
        }

        throw new InvalidDataException(message);
    }

    public Task<string?> ContextValue(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public Task SetContextValue(string key, string value)
    {
        RequestContext.Set(key, value);
        return Task.CompletedTask;
    }

    public Task<string?> AmbientValue() => Task.FromResult(Ambient.Value);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task PassAndLeave(string name)
    {
        await Pass(name);
        DeactivateOnIdle();
    }

    public Task PassInHaste(string name) => Pass(name);

    public ValueTask<int> Twice(int value) => new(2 * value);

    public ValueTask Nothing() => default;
}
