using System.Net;
using System.Reflection;
using OrleansSgd.Core.Membership;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Tests;

/// <summary>A grid whose silos, jobs and progress a test writes down: the way to its grains.</summary>
public class ScriptedGrid : DispatchProxy
{
    private Script _script = new();
    private string _key = "";

    /// <summary>What the grid answers.</summary>
    internal sealed class Script
    {
        private long _progressAsked;

        public List<string> Silos { get; set; } = [AddressOf(0), AddressOf(1)];

        public List<JobSummary> Jobs { get; } = [new("tiny-1", "tiny", JobPhase.Running)];

        /// <summary>By job and number of the question, from 1.</summary>
        public Func<string, long, JobProgress> Progress { get; set; } = (_, _) => new JobProgress { Phase = JobPhase.Running };

        /// <summary>What a job's figures were before anybody asked.</summary>
        public JobPoint[] Curve { get; set; } = [];

        public Func<string, JobMembers> Members { get; set; } = _ => Placed(2, 2, AddressOf(0), AddressOf(1));

        public Func<SpanLine[]> Spans { get; set; } = () => [];

        public bool IsAway { get; set; }

        public List<string> Orders { get; } = [];

        /// <summary>How often a job was asked for its progress.</summary>
        public long ProgressAsked => Interlocked.Read(ref _progressAsked);

        public JobProgress NextProgress(string job) => Progress(job, Interlocked.Increment(ref _progressAsked));

        /// <summary>Members spread evenly over silos.</summary>
        public static JobMembers Placed(int shards, int workers, params string[] silos) => new(
            silos[0], [.. Enumerable.Range(0, shards).Select(i => At(silos[i % silos.Length]))], [.. Enumerable.Range(0, workers).Select(i => At(silos[i % silos.Length]))]);

        public static string AddressOf(int silo) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11000 + silo), 1).ToParsableString();

        private static MemberPlace At(string silo) => new(silo, 1, MemberState.Live);
    }

    internal static IGrainFactory Of(Script script) => Proxy<IGrainFactory>(script, "");

    internal static DashboardOptions Options(Script script) => new()
    {
        Grains = () => Of(script),
        WatchedPeriod = TimeSpan.FromMilliseconds(50),
        IdlePeriod = TimeSpan.FromMilliseconds(200),
    };

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IGrainFactory.GetGrain) when _script.IsAway => throw new OrleansException("Nobody is there."),
        nameof(IGrainFactory.GetGrain) => Grain(targetMethod.ReturnType, args?[0] as string ?? ""),
        nameof(IManagementGrain.GetHosts) => Task.FromResult(_script.Silos.ToDictionary(SiloAddress.FromParsableString, _ => SiloStatus.Active)),
        nameof(IGridGrain.List) => Task.FromResult<JobSummary[]>([.. _script.Jobs]),
        nameof(IJobGrain.Progress) => Task.FromResult(_script.NextProgress(_key)),
        nameof(IJobGrain.Curve) => Task.FromResult(_script.Curve),
        nameof(IJobGrain.Members) => Task.FromResult(_script.Members(_key)),
        nameof(ISpanGrain.Recent) => Task.FromResult(_script.Spans()),
        nameof(IJobGrain.Pause) or nameof(IJobGrain.Continue) => Ordered(targetMethod.Name, Task.FromResult(new OperatorAnswer(null))),
        nameof(IJobGrain.Cancel) => Ordered(targetMethod.Name, Task.CompletedTask),
        _ => throw new NotSupportedException($"The scripted grid has no {targetMethod.Name}."),
    };

    private Task Ordered(string order, Task answer)
    {
        lock (_script.Orders)
        {
            _script.Orders.Add($"{order} {_key}");
        }

        return answer;
    }

    private object Grain(Type kind, string key) => kind == typeof(IManagementGrain) ? Proxy<IManagementGrain>(_script, key)
        : kind == typeof(IGridGrain) ? Proxy<IGridGrain>(_script, key)
        : kind == typeof(ISpanGrain) ? Proxy<ISpanGrain>(_script, key)
        : Proxy<IJobGrain>(_script, key);

    private static T Proxy<T>(Script script, string key)
        where T : class
    {
        T proxy = Create<T, ScriptedGrid>();
        ((ScriptedGrid)(object)proxy)._script = script;
        ((ScriptedGrid)(object)proxy)._key = key;
        return proxy;
    }
}
