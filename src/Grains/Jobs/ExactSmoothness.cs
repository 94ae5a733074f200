using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Models.Smoothness;

namespace OrleansSgd.Grains.Jobs;

/// <summary>L in closed form, computed once, beside training: when somebody asks for it, at the latest some time after the run has begun.</summary>
/// <remarks>
/// It may take longer than the first epochs. A run that is over within milliseconds has its processors for itself and its L at the end, unless its
/// rates go by it from the first step on.
/// </remarks>
internal sealed class ExactSmoothness(RunPlan plan, IModel model, ISampleSource samples, bool exists)
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<Task<double?>> _computed = new(
        () => exists ? QuietThread.Run(() => SmoothnessBound.Of(model, samples)) : Task.FromResult<double?>(null));

    /// <summary>How long after the start of the run somebody is to ask for it.</summary>
    public TimeSpan DueIn => plan.Rule.DelayAdaptive || plan.Mode == RunPlan.Adaptive ? TimeSpan.Zero : Delay;

    /// <summary>Where it is there: its value; else null.</summary>
    public double? Known => _computed is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } task } ? task.Result : null;

    /// <summary>L; null for a model that has none in closed form.</summary>
    public Task<double?> ComputeAsync() => _computed.Value;
}
