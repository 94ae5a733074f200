namespace OrleansSgd.Core.Shards;

/// <summary>What a shard knows of a ticket whose worker is gone.</summary>
/// <param name="HadApplied">The update is in the parameters, or kept for a round that will be.</param>
/// <param name="NormSquared">
/// Squared norm of the decoded slice, in squared parameter units; NaN when the shard has the update from a view and never saw its push.
/// </param>
/// <param name="Rate">What the gradient was multiplied by; NaN like the norm.</param>
/// <param name="SampleCount">Samples in the batch; 0 when the shard never saw the push.</param>
public readonly record struct FenceReport(bool HadApplied, double NormSquared, double Rate, int SampleCount)
{
    /// <summary>The update is in the parameters, but its push was never here.</summary>
    public static FenceReport Unseen { get; } = new(true, double.NaN, double.NaN, 0);

    /// <summary>The shard was given the update but is at an earlier round: ask again.</summary>
    public static FenceReport Early { get; } = new(false, double.NaN, double.NaN, -1);

    /// <summary>True for <see cref="Early"/>.</summary>
    public bool IsEarly => SampleCount < 0;
}
