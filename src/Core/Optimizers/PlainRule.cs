using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Optimizers;

/// <summary>u = α·g: the gradient goes to the codec as it is, and the codec multiplies the rate in.</summary>
public sealed class PlainRule : IUpdateRule
{
    /// <inheritdoc/>
    public string Kind => RulePlan.Sgd;

    /// <inheritdoc/>
    public double RateFactor => 1;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Held => [];

    /// <inheritdoc/>
    public double HeldFactor => 0;

    /// <inheritdoc/>
    public double HeldNorm => 0;

    /// <inheritdoc/>
    public RuleUpdate Take(float[] gradient, float rate) => new(gradient, rate);

    /// <inheritdoc/>
    public void TakeBack()
    {
        // Nothing is kept, so there is nothing to undo.
    }

    /// <inheritdoc/>
    public float[] Save() => [];

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> saved) => UpdateRules.CheckSaved(saved, 0, Kind);
}
