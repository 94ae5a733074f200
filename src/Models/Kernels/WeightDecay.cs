namespace OrleansSgd.Models.Kernels;

/// <summary>½·λ·‖x‖² of a loss.</summary>
internal static unsafe class WeightDecay
{
    /// <summary>Adds λ·x to a gradient.</summary>
    /// <param name="l2">λ.</param>
    /// <param name="x">Parameters.</param>
    /// <param name="gradient">Null: only the loss is wanted.</param>
    /// <param name="first">First coordinate of the gradient that was computed.</param>
    /// <param name="length">d.</param>
    /// <param name="count">Samples.</param>
    /// <returns>½·λ·‖x‖² once for each sample.</returns>
    public static double Add(float l2, float* x, float* gradient, int first, int length, int count)
    {
        if (l2 == 0)
        {
            return 0;
        }

        if (gradient != null)
        {
            Reductions.AddScaled(l2, x + first, gradient + first, length - first);
        }

        return 0.5 * count * l2 * Reductions.Dot(x, x, length);
    }
}
