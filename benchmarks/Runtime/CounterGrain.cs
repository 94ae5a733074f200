namespace OrleansSgd.Runtime;

/// <summary>The callee of the benchmark.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds and completes at once.</summary>
    Task Add(int by);

    /// <summary>Adds, gives back a number, completes at once.</summary>
    Task<int> AddAndGet(int by);

    /// <summary>Gives way once before it adds.</summary>
    Task<int> AddLater(int by);

    /// <summary>Adds after work of some microseconds.</summary>
    Task Work(int spins);

    /// <summary>Calls a neighbour so many times.</summary>
    Task CallNeighbour(string key, int count);
}

/// <inheritdoc/>
public sealed class CounterGrain : Grain, ICounterGrain
{
    private static readonly Task<int> One = Task.FromResult(1);
    private int _count;

    /// <inheritdoc/>
    public Task Add(int by)
    {
        _count += by;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<int> AddAndGet(int by)
    {
        _count += by;
        return One;
    }

    /// <inheritdoc/>
    public async Task<int> AddLater(int by)
    {
        await Task.Yield();
        return _count += by;
    }

    /// <inheritdoc/>
    public Task Work(int spins)
    {
        Thread.SpinWait(spins);
        _count++;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task CallNeighbour(string key, int count)
    {
        var neighbour = GrainFactory.GetGrain<ICounterGrain>(key);
        for (var call = 0; call < count; call++)
        {
            await neighbour.Add(1);
        }
    }
}
