namespace OrleansSgd.Core.Optimizers;

/// <summary>Turns one gradient after the other into updates, at the worker, before the codec.</summary>
/// <remarks>
/// <para>Whatever the rule keeps is the worker's own and in parameter units, so that shards may apply updates in any order and a change of
/// the rate leaves it right.</para>
/// <para>Invariant: x moves by <see cref="RateFactor"/> · rate · gradient for each gradient taken, if x counts <see cref="HeldFactor"/> ·
/// <see cref="Held"/> as applied. That is what the ledger accounts for.</para>
/// <para>Owned by one worker; not thread-safe. The steady state allocates nothing.</para>
/// </remarks>
public interface IUpdateRule
{
    /// <summary>The name used in job files.</summary>
    string Kind { get; }

    /// <summary>What a gradient moves x by in the end, over rate · gradient: 1, or 1 / (1 − μ) under momentum.</summary>
    double RateFactor { get; }

    /// <summary>[d], or empty: the vector that the rule holds back a multiple of.</summary>
    ReadOnlySpan<float> Held { get; }

    /// <summary>What <see cref="Held"/> is multiplied by: μ / (1 − μ) under momentum, otherwise 0.</summary>
    double HeldFactor { get; }

    /// <summary>Norm of what is held back after the last update, in parameter units.</summary>
    double HeldNorm { get; }

    /// <summary>Takes up one gradient.</summary>
    /// <param name="gradient">[d]; borrowed, unchanged, until the codec has written the update.</param>
    /// <param name="rate">α, or α / p; finite, 0 or more.</param>
    /// <returns>What the codec takes. The vector belongs to the rule or to the caller; it is unchanged until the next call.</returns>
    RuleUpdate Take(float[] gradient, float rate);

    /// <summary>Makes the last update not to have been, as when its ticket was refused; once for each.</summary>
    void TakeBack();

    /// <summary>What the worker's next life goes on with; empty for nothing.</summary>
    float[] Save();

    /// <summary>Goes on with what <see cref="Save"/> gave in the life before.</summary>
    /// <exception cref="ArgumentException">It is of another rule or dimension. Nothing was changed.</exception>
    void Load(ReadOnlySpan<float> saved);
}

/// <summary>What a codec is given: it sends rate · vector.</summary>
/// <param name="Vector">[d].</param>
/// <param name="Rate">Finite, 0 or more.</param>
public readonly record struct RuleUpdate(float[] Vector, float Rate);
