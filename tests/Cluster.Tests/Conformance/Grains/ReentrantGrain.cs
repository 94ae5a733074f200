using Orleans.Concurrency;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A grain whose calls interleave at awaits.</summary>
public interface IReentrantGrain : IGrainWithStringKey
{
    Task Pass(string name);

    /// <summary>Crosses a section that only one turn may be in, awaits, and crosses it again.</summary>
    Task<bool> Cross();

    Task<int> Crossings();
}

/// <inheritdoc/>
[Reentrant]
public class ReentrantGrain : Grain, IReentrantGrain
{
    private readonly OverlapDetector _section = new();

    public async Task Pass(string name)
    {
        Journal.Write(this.GetPrimaryKeyString(), $"{name} begins");
        await Journal.Gate($"{this.GetPrimaryKeyString()}/{name}");
        Journal.Write(this.GetPrimaryKeyString(), $"{name} ends");
    }

    public async Task<bool> Cross()
    {
        var alone = _section.Cross();
        await Task.Yield();
        return alone & _section.Cross();
    }

    public Task<int> Crossings() => Task.FromResult(_section.Count);
}

/// <summary>Notices two threads in one section. Its count is not atomic on purpose: it loses updates when they overlap.</summary>
public sealed class OverlapDetector
{
    private int _inside;

    public int Count { get; private set; }

    public bool Cross(Action? inside = null)
    {
        var alone = Interlocked.Increment(ref _inside) == 1;
        var count = Count;
        inside?.Invoke();
        Thread.SpinWait(50);
        Count = count + 1;
        Interlocked.Decrement(ref _inside);
        return alone;
    }
}
