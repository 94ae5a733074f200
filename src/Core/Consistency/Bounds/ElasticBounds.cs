namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>B of every model of distribution that is known: what to expect before anything was measured.</summary>
/// <remarks>
/// M, the magnitude, is √(E‖G‖²) of a gradient as it is sent, at most; σ² its variance. A prediction is worst case; the measured gap is usually far
/// below it. Single steps weigh a gradient with α, rounds with α / p.
/// </remarks>
public static class ElasticBounds
{
    /// <summary>Row 1. Asynchronous shared memory, atomic additions by coordinate: τ·M. The paper has √d·τ·M.</summary>
    /// <remarks>
    /// A view misses of each of the last τ gradients some coordinates; dropping coordinates never makes a vector longer, so no √d is
    /// needed. Lost additions (a plain +=) are not covered.
    /// </remarks>
    public static ElasticBound SharedMemory(int delayMax, double magnitude, long dimension) => new(
        "shared memory",
        Delayed(delayMax, magnitude),
        Math.Sqrt(dimension) * Delayed(delayMax, magnitude));

    /// <summary>Row 2. Asynchronous message passing in rounds of p, delays up to τ rounds: (p − 1)·τ·M / p.</summary>
    public static ElasticBound MessagePassing(int slotCount, int delayMax, double magnitude)
    {
        double bound = (slotCount - 1) * Delayed(delayMax, magnitude) / Slots(slotCount);
        return new ElasticBound("message passing", bound, bound);
    }

    /// <summary>Row 2, parameter server, every gradient a step: τ·M, τ in gradients.</summary>
    public static ElasticBound ParameterServer(int delayMax, double magnitude) =>
        new("parameter server", Delayed(delayMax, magnitude));

    /// <summary>Row 2, knowing the noise: √(2τσ² + 2τ²·max E‖∇f‖²).</summary>
    /// <remarks>
    /// Noises of different gradients do not add up in one direction: where they dominate, the distance grows with √τ only.
    /// </remarks>
    /// <param name="noise">σ².</param>
    /// <param name="gradientSquaredMax">Largest E‖∇f‖² at the views.</param>
    public static ElasticBound ParameterServerNoiseAware(int delayMax, double noise, double gradientSquaredMax)
    {
        double tau = Delays(delayMax);
        double squared = (2 * tau * Amount.NotNegative(noise, nameof(noise)))
            + (2 * tau * tau * Amount.NotNegative(gradientSquaredMax, nameof(gradientSquaredMax)));
        return new ElasticBound("parameter server, noise-aware", Math.Sqrt(squared));
    }

    /// <summary>Row 3. Synchronous rounds of p with at most f crashes in the whole run: f·M / p.</summary>
    /// <remarks>f never shrinks. A run that lives longer than its workers must re-base x at each loss instead.</remarks>
    public static ElasticBound Crashes(int slotCount, int crashCount, double magnitude) => Missing("crashes", slotCount, crashCount, magnitude);

    /// <summary>Row 4. Synchronous rounds of p with at most f messages missing from a view at a time: f·M / p.</summary>
    public static ElasticBound Omissions(int slotCount, int missingMax, double magnitude) =>
        Missing("omissions", slotCount, missingMax, magnitude);

    /// <summary>
    /// Rows 4 and 9. At most m missing messages are stood in for by the own gradient and put right on arrival:
    /// √2·(m/p)·σ / √(1 − 4L²α²(m/p)²), at most 1.5·(m/p)·σ for α ≤ 1 / (6L).
    /// </summary>
    /// <remarks>Corrections must land within the round; when they take up to q rounds, the bound grows q-fold.</remarks>
    /// <param name="noise">σ².</param>
    /// <param name="rate">α.</param>
    /// <param name="smoothness">L.</param>
    /// <param name="roundsLate">q, at least 1.</param>
    public static ElasticBound OwnSubstitution(int slotCount, int missingMax, double noise, double rate, double smoothness, int roundsLate = 1)
    {
        Amount.Between(missingMax, 0, Math.Max(0, slotCount - 1), nameof(missingMax));
        Amount.Between(roundsLate, 1, int.MaxValue, nameof(roundsLate));
        double share = missingMax / Slots(slotCount);
        double coupling = 4 * Square(Amount.NotNegative(rate, nameof(rate)) * Amount.NotNegative(smoothness, nameof(smoothness)) * share);
        double squared = 2 * share * share * Amount.NotNegative(noise, nameof(noise)) / (1 - coupling);
        return new ElasticBound("own-gradient substitution", coupling < 1 ? roundsLate * Math.Sqrt(squared) : double.PositiveInfinity);
    }

    /// <summary>
    /// Row 5. Rounds of compressed gradients with error feedback, contraction γ: √γ / (1 − √γ)·M. The paper has √(γ(2 − γ) / (1 − γ)³)·M,
    /// which is never smaller.
    /// </summary>
    /// <param name="contraction">γ, 0 ≤ γ &lt; 1 (<see cref="Contraction"/>, rows 6 and 7).</param>
    public static ElasticBound ErrorFeedback(double contraction, double magnitude)
    {
        double gamma = Amount.BelowOne(contraction, nameof(contraction));
        double moment = Amount.NotNegative(magnitude, nameof(magnitude));
        double root = Math.Sqrt(gamma);
        return new ElasticBound(
            "error feedback",
            root / (1 - root) * moment,
            Math.Sqrt(gamma * (2 - gamma) / Math.Pow(1 - gamma, 3)) * moment);
    }

    /// <summary>Row 8. Norm-bounded scheduler, mass by message: q·(1 − β)·M.</summary>
    /// <remarks>Holds when the scheduler caps the outstanding mass of all rounds in flight; a cap on the newest alone lets q of them add up.</remarks>
    /// <param name="share">β: the part of the norm that must have arrived.</param>
    /// <param name="roundsInFlight">q: 1 when the total is capped.</param>
    public static ElasticBound NormBounded(double share, double magnitude, int roundsInFlight = 1)
    {
        Amount.Between(roundsInFlight, 1, int.MaxValue, nameof(roundsInFlight));
        double missing = 1 - Amount.Fraction(share, nameof(share));
        return new ElasticBound("norm-bounded", roundsInFlight * missing * Amount.NotNegative(magnitude, nameof(magnitude)));
    }

    /// <summary>Row 8, mass by layer of the all-reduced gradient: q·(1 − β)·√N·M.</summary>
    /// <remarks>Norms of N layers add up to at most √N times the norm of the whole.</remarks>
    public static ElasticBound NormBoundedLayers(double share, double magnitude, int layerCount, int roundsInFlight = 1)
    {
        Amount.Between(layerCount, 1, int.MaxValue, nameof(layerCount));
        return NormBounded(share, Math.Sqrt(layerCount) * magnitude, roundsInFlight) with { Model = "norm-bounded by layer" };
    }

    /// <summary>Row 10. Sparsified asynchronous single steps with error feedback: M·(τ + p·√γ) / (1 − √γ).</summary>
    /// <remarks>Feedback makes messages longer, by 1 / (1 − √γ), and adds p residuals; it buys an unbiased x.</remarks>
    public static ElasticBound SparsifiedAsync(int delayMax, int workerCount, double contraction, double magnitude)
    {
        double root = Math.Sqrt(Amount.BelowOne(contraction, nameof(contraction)));
        double moment = Amount.NotNegative(magnitude, nameof(magnitude));
        return new ElasticBound(
            "sparsified asynchronous, error feedback", moment * (Delays(delayMax) + (Slots(workerCount) * root)) / (1 - root));
    }

    /// <summary>Row 11. The same without error feedback: τ·M, but the gradients are biased; see <see cref="BiasFloor"/>.</summary>
    public static ElasticBound SparsifiedAsyncWithoutFeedback(int delayMax, double magnitude) =>
        new("sparsified asynchronous, no feedback", Delayed(delayMax, magnitude));

    /// <summary>What dropping for good costs the certificate, at any rate: 2γM² (S5).</summary>
    public static double BiasFloor(double contraction, double magnitude) =>
        2 * Amount.Fraction(contraction, nameof(contraction)) * Square(Amount.NotNegative(magnitude, nameof(magnitude)));

    /// <summary>Row 12. H local steps between exchanges, averaged over workers: H·M. Not in the paper.</summary>
    public static ElasticBound LocalSteps(int stepCount, double magnitude) => new("local steps", Delayed(stepCount, magnitude));

    /// <summary>Row 13. Compression both ways: what workers hold back plus what the server does. Not in the paper.</summary>
    public static ElasticBound BothWays(ElasticBound workers, ElasticBound server) => workers.And(server) with { Model = "compression both ways" };

    /// <summary>Heavy-ball momentum: μM / (1 − μ), in units of the rate α / (1 − μ) (S6).</summary>
    public static ElasticBound Momentum(double momentum, double magnitude) => new(
        "momentum", Amount.BelowOne(momentum, nameof(momentum)) * Amount.NotNegative(magnitude, nameof(magnitude)) / (1 - momentum));

    private static ElasticBound Missing(string model, int slotCount, int count, double magnitude)
    {
        Amount.Between(count, 0, slotCount, nameof(count));
        double bound = count * Amount.NotNegative(magnitude, nameof(magnitude)) / Slots(slotCount);
        return new ElasticBound(model, bound, bound);
    }

    private static double Delayed(int delayMax, double magnitude) =>
        Delays(delayMax) * Amount.NotNegative(magnitude, nameof(magnitude));

    private static double Delays(int delayMax)
    {
        Amount.Between(delayMax, 0, int.MaxValue, nameof(delayMax));
        return delayMax;
    }

    private static double Slots(int count)
    {
        Amount.Between(count, 1, int.MaxValue, nameof(count));
        return count;
    }

    private static double Square(double value) => value * value;
}
