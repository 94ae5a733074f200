using System.Reflection;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Tests.Training;

/// <summary>A grid with one job that answers as written down: one entry each time it is asked for its progress.</summary>
public class ScriptedGrid : DispatchProxy
{
    private Queue<JobProgress> _script = [];

    /// <summary>The way to its grains.</summary>
    internal static IGrainFactory Of(params JobProgress[] script) => Proxy<IGrainFactory>(new Queue<JobProgress>(script));

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IGrainFactory.GetGrain) => targetMethod.ReturnType == typeof(IGridGrain) ? Proxy<IGridGrain>(_script) : Proxy<IJobGrain>(_script),
        nameof(IGridGrain.Submit) => Task.FromResult(new SubmitAnswer("tiny-1", [])),
        nameof(IJobGrain.Progress) => Task.FromResult(_script.Dequeue()),
        nameof(IJobGrain.Curve) => Task.FromResult<JobPoint[]>([]),
        nameof(IJobGrain.Model) or nameof(IJobGrain.Statistics) => Task.FromResult(new ModelPiece(ReadOnlyMemory<byte>.Empty)),
        _ => throw new NotSupportedException($"The scripted grid has no {targetMethod.Name}."),
    };

    private static T Proxy<T>(Queue<JobProgress> script)
        where T : class
    {
        T proxy = Create<T, ScriptedGrid>();
        ((ScriptedGrid)(object)proxy)._script = script;
        return proxy;
    }
}

/// <summary>A clock whose timers are due at once: who waits is woken before anything else happens.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
}
