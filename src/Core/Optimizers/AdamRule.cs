using System.Numerics;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Optimizers;

/// <summary>Adam with its moments at the worker: u = α · m̂ / (√v̂ + 10⁻⁸).</summary>
/// <remarks>
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m / (1 − β₁ᵏ) and v̂ = v / (1 − β₂ᵏ) at the k-th update. Each coordinate has a rate of its own
/// that depends on the noise, so no certificate covers it: what it holds back is not stated.
/// </remarks>
public sealed class AdamRule : IUpdateRule
{
    private const float Floor = 1e-8f;

    private readonly float _decay;
    private readonly float _squareDecay;
    private readonly float[] _direction;
    private Moments _now;
    private Moments _before;

    // Both of one update count, so that an update can be taken back by a swap.
    private sealed record Moments(float[] First, float[] Second)
    {
        public long Count { get; set; }
    }

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="decay">β₁, 0 up to, not including, 1.</param>
    /// <param name="squareDecay">β₂, 0 up to, not including, 1.</param>
    public AdamRule(int dimension, double decay, double squareDecay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ThrowUnlessDecay(decay, nameof(decay));
        ThrowUnlessDecay(squareDecay, nameof(squareDecay));
        _decay = (float)decay;
        _squareDecay = (float)squareDecay;
        _direction = new float[dimension];
        _now = new Moments(new float[dimension], new float[dimension]);
        _before = new Moments(new float[dimension], new float[dimension]);
    }

    /// <inheritdoc/>
    public string Kind => RulePlan.Adam;

    /// <inheritdoc/>
    public double RateFactor => 1;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Held => [];

    /// <inheritdoc/>
    public double HeldFactor => 0;

    /// <inheritdoc/>
    public double HeldNorm => 0;

    /// <inheritdoc/>
    public RuleUpdate Take(float[] gradient, float rate)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Length != _direction.Length)
        {
            throw new ArgumentException($"Gradient has {gradient.Length} coordinates, the rule {_direction.Length}.", nameof(gradient));
        }

        _before.Count = _now.Count + 1;
        Mix(_now.First, _decay, gradient, _before.First);
        MixSquares(_now.Second, _squareDecay, gradient, _before.Second);
        TakeBack();
        float firstScale = (float)(1 / (1 - Math.Pow(_decay, _now.Count)));
        float secondScale = (float)(1 / (1 - Math.Pow(_squareDecay, _now.Count)));
        Direct(_now.First, firstScale, _now.Second, secondScale, _direction);
        return new(_direction, rate);
    }

    /// <inheritdoc/>
    public void TakeBack() => (_now, _before) = (_before, _now);

    /// <inheritdoc/>
    /// <remarks>Both moments and the number of updates; beyond 2²⁴ of them the corrections are 1 whatever the number is.</remarks>
    public float[] Save() => [.. _now.First, .. _now.Second, _now.Count];

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> saved)
    {
        int length = _direction.Length;
        UpdateRules.CheckSaved(saved, (2 * length) + 1, Kind);
        saved[..length].CopyTo(_now.First);
        saved.Slice(length, length).CopyTo(_now.Second);
        _now.Count = (long)saved[^1];
    }

    private static void Mix(float[] old, float decay, float[] gradient, float[] next)
    {
        float rest = 1 - decay;
        int i = 0;
        for (; i <= next.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            ((decay * new Vector<float>(old, i)) + (rest * new Vector<float>(gradient, i))).CopyTo(next, i);
        }

        for (; i < next.Length; i++)
        {
            float kept = decay * old[i];
            float added = rest * gradient[i];
            next[i] = kept + added;
        }
    }

    private static void MixSquares(float[] old, float decay, float[] gradient, float[] next)
    {
        float rest = 1 - decay;
        int i = 0;
        for (; i <= next.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = new(gradient, i);
            ((decay * new Vector<float>(old, i)) + (rest * (g * g))).CopyTo(next, i);
        }

        for (; i < next.Length; i++)
        {
            float kept = decay * old[i];
            float square = gradient[i] * gradient[i];
            float added = rest * square;
            next[i] = kept + added;
        }
    }

    private static void Direct(float[] first, float firstScale, float[] second, float secondScale, float[] direction)
    {
        Vector<float> floor = new(Floor);
        int i = 0;
        for (; i <= direction.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> root = Vector.SquareRoot(secondScale * new Vector<float>(second, i));
            ((firstScale * new Vector<float>(first, i)) / (root + floor)).CopyTo(direction, i);
        }

        for (; i < direction.Length; i++)
        {
            direction[i] = firstScale * first[i] / (MathF.Sqrt(secondScale * second[i]) + Floor);
        }
    }

    private static void ThrowUnlessDecay(double value, string name)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Use 0 up to, not including, 1.");
        }
    }
}
