using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Optimizers;

/// <summary>Scales a gradient that is too long down to a largest norm.</summary>
/// <remarks>What is cut off is a bias: the certificate counts it as dropped mass (S5).</remarks>
public static class NormClip
{
    /// <summary>g ← g · min(1, C / ‖g‖).</summary>
    /// <param name="gradient">[d]; changed only when it is longer than C. One that is not finite is left for the codec to refuse.</param>
    /// <param name="normMax">C, above 0.</param>
    /// <returns>The norm that was cut off: ‖g‖ − C, or 0.</returns>
    public static double Clip(Span<float> gradient, double normMax)
    {
        if (!(normMax > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(normMax), normMax, "Use a number above 0; without a limit do not clip.");
        }

        double norm = Math.Sqrt(SquareSum.Of(gradient));
        if (!(norm > normMax) || !double.IsFinite(norm))
        {
            return 0;
        }

        FloatLoops.Scale(gradient, (float)(normMax / norm), gradient);
        return norm - normMax;
    }
}
