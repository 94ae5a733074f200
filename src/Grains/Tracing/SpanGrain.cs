using Orleans.Placement;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Tracing;

/// <summary>Tells what its process has heard.</summary>
[PreferLocalPlacement]
public sealed class SpanGrain : Grain, ISpanGrain
{
    /// <inheritdoc/>
    public Task<SpanLine[]> Recent(string job) => Task.FromResult<SpanLine[]>([.. RecentSpans.OfProcess.Of(job).Select(SpanLine.Of)]);
}
