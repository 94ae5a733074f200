using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.TestingHost;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class TracingTests
{
    private static readonly string[] Sources = ["Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"];

    [Fact]
    public async Task A_call_leaves_a_span_of_the_caller_and_one_of_the_callee_below_the_callers_own()
    {
        await using var grid = new InProcessTestClusterBuilder(1)
            .ConfigureSilo((_, silo) => silo.AddActivityPropagation())
            .ConfigureClient(client => client.AddActivityPropagation())
            .Build();
        await grid.DeployAsync();
        using var spans = new Spans();
        using var source = new ActivitySource("conformance");

        ActivityTraceId trace;
        using (var root = source.StartActivity("root"))
        {
            Assert.NotNull(root);
            trace = root.TraceId;
            await grid.Client.GetGrain<IProbeGrain>(Journal.NewKey()).Life();
            Assert.Same(root, Activity.Current);
        }

        var server = await spans.Find(trace, ActivityKind.Server);
        var client = await spans.Find(trace, ActivityKind.Client);
        Assert.EndsWith("IProbeGrain/Life", client.DisplayName, StringComparison.Ordinal);
        Assert.Equal(client.DisplayName, server.DisplayName);
        Assert.Equal(client.SpanId, server.ParentSpanId);
    }

    [Fact]
    public async Task Calls_are_not_traced_unless_asked_for()
    {
        await using var grid = new InProcessTestClusterBuilder(1).Build();
        await grid.DeployAsync();
        using var spans = new Spans();
        using var source = new ActivitySource("conformance");

        using var root = source.StartActivity("root");
        Assert.NotNull(root);
        await grid.Client.GetGrain<IProbeGrain>(Journal.NewKey()).Life();

        Assert.Empty(spans.Of(root.TraceId));
    }

    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _stopped = new();
        private readonly ActivityListener _listener;
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => Sources.Contains(source.Name) || source.Name == "conformance",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    _stopped.Enqueue(activity);
                    Interlocked.Exchange(ref _more, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IEnumerable<Activity> Of(ActivityTraceId trace) =>
            _stopped.Where(activity => activity.TraceId == trace && Sources.Contains(activity.Source.Name)
                && activity.DisplayName.EndsWith("IProbeGrain/Life", StringComparison.Ordinal));

        public async Task<Activity> Find(ActivityTraceId trace, ActivityKind kind)
        {
            while (true)
            {
                var more = Volatile.Read(ref _more).Task;
                if (Of(trace).FirstOrDefault(activity => activity.Kind == kind) is { } found)
                {
                    return found;
                }

                await more.WaitAsync(Journal.Patience);
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
