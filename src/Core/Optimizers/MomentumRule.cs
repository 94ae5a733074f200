using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Optimizers;

/// <summary>Heavy ball in parameter units: u ← μ·u + α·g, and u is pushed.</summary>
/// <remarks>
/// With z = x − μ/(1−μ)·u, the point that x would come to if no gradient followed, z′ = z − α/(1−μ)·g exactly, whatever α did meanwhile. So z
/// makes plain steps of rate α/(1−μ), and the certificate holds for z (S6): μ/(1−μ)·u is what this worker holds back.
/// </remarks>
public sealed class MomentumRule : IUpdateRule
{
    // Made, added to and summed while it is in the first-level cache: 16 KiB.
    private const int BlockLength = 4096;

    private readonly float _decay;

    // u, and u before the last update: swapped, so that an update can be taken back.
    private float[] _velocity;
    private float[] _before;
    private double _norm;
    private double _normBefore;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="decay">μ, 0 up to, not including, 1.</param>
    public MomentumRule(int dimension, double decay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (!(decay >= 0 && decay < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "Use 0 up to, not including, 1.");
        }

        _decay = (float)decay;
        _velocity = new float[dimension];
        _before = new float[dimension];
    }

    /// <inheritdoc/>
    public string Kind => RulePlan.Momentum;

    /// <inheritdoc/>
    public double RateFactor => FactorOf(_decay);

    /// <summary>u, [d].</summary>
    public ReadOnlySpan<float> Held => _velocity;

    /// <inheritdoc/>
    public double HeldFactor => _decay * FactorOf(_decay);

    /// <inheritdoc/>
    public double HeldNorm => HeldFactor * _norm;

    /// <inheritdoc/>
    public RuleUpdate Take(float[] gradient, float rate)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Length != _velocity.Length)
        {
            throw new ArgumentException($"Gradient has {gradient.Length} coordinates, the rule {_velocity.Length}.", nameof(gradient));
        }

        SquareSum sum = default;
        for (int start = 0; start < gradient.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, gradient.Length - start);
            Span<float> next = _before.AsSpan(start, length);
            FloatLoops.Scale(_velocity.AsSpan(start, length), _decay, next);
            FloatLoops.ScaleAndAdd(gradient.AsSpan(start, length), rate, next, next);
            sum.Add(next);
        }

        Swap();
        _norm = Math.Sqrt(sum.Total);
        return new(_velocity, 1);
    }

    /// <inheritdoc/>
    public void TakeBack() => Swap();

    /// <inheritdoc/>
    public float[] Save() => [.. _velocity];

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> saved)
    {
        UpdateRules.CheckSaved(saved, _velocity.Length, Kind);
        saved.CopyTo(_velocity);
        SquareSum sum = default;
        sum.Add(_velocity);
        _norm = Math.Sqrt(sum.Total);
    }

    /// <summary>1 / (1 − μ), for μ as it is multiplied.</summary>
    internal static double FactorOf(float decay) => 1 / (1 - (double)decay);

    private void Swap()
    {
        (_velocity, _before) = (_before, _velocity);
        (_norm, _normBefore) = (_normBefore, _norm);
    }
}
