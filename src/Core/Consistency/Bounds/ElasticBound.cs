namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>A predicted B for one way of distributing SGD, in gradient units: E D ≤ α²B².</summary>
/// <param name="Model">Which model, in words.</param>
/// <param name="Value">The bound to use: proved in docs/theory.md.</param>
/// <param name="Paper">The form given in the elastic consistency paper, as far as it is established; NaN otherwise.</param>
public readonly record struct ElasticBound(string Model, double Value, double Paper = double.NaN)
{
    /// <summary>B² predicted, to be held against measured gaps.</summary>
    public double Squared => Value * Value;

    /// <summary>Two causes of distance at once: norms of sums are at most sums of norms, so the bounds add.</summary>
    /// <remarks>The paper has no form for the combination.</remarks>
    public ElasticBound And(ElasticBound other) => new($"{Model} + {other.Model}", Value + other.Value);
}
