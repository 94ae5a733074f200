using System.Net;
using System.Reflection;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Cluster.Tests.Scaling;

/// <summary>A grid of one job whose silos and samples a test sets: the way to its grains.</summary>
public class ScriptedGrid : DispatchProxy
{
    private Script _script = new();

    /// <summary>What the grid answers.</summary>
    internal sealed class Script
    {
        public int Silos { get; set; } = 1;

        public long Used { get; set; }

        public long Total { get; set; }

        public bool IsAway { get; set; }
    }

    internal static IGrainFactory Of(Script script) => Proxy<IGrainFactory>(script);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IGrainFactory.GetGrain) when _script.IsAway => throw new OrleansException("Nobody is there."),
        nameof(IGrainFactory.GetGrain) => Grain(targetMethod.ReturnType),
        nameof(IManagementGrain.GetHosts) => Task.FromResult(Enumerable.Range(0, _script.Silos).ToDictionary(
            silo => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000 + silo), 1), _ => SiloStatus.Active)),
        nameof(IGridGrain.List) => Task.FromResult<JobSummary[]>(
            [new("old-1", "old", JobPhase.Completed), new("job-2", "job", JobPhase.Running)]),
        nameof(IJobGrain.Progress) => Task.FromResult(new JobProgress
        {
            Phase = _script.Used < _script.Total ? JobPhase.Running : JobPhase.Completed,
            Samples = _script.Used,
            SamplesTotal = _script.Total,
        }),
        _ => throw new NotSupportedException($"The scripted grid has no {targetMethod.Name}."),
    };

    private object Grain(Type kind) => kind == typeof(IManagementGrain) ? Proxy<IManagementGrain>(_script)
        : kind == typeof(IGridGrain) ? Proxy<IGridGrain>(_script)
        : Proxy<IJobGrain>(_script);

    private static T Proxy<T>(Script script)
        where T : class
    {
        T proxy = Create<T, ScriptedGrid>();
        ((ScriptedGrid)(object)proxy)._script = script;
        return proxy;
    }
}
