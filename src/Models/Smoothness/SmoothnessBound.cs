using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Smoothness;

/// <summary>L of a training loss over its whole data set, where there is one in closed form.</summary>
public static class SmoothnessBound
{
    /// <summary>An upper bound of L, at most half a percent too high, of rows of more than a thousand features a twentieth; null for a network, whose gradient has no global L.</summary>
    /// <param name="model">With its regularisation: λ is part of L.</param>
    /// <param name="samples">The training set.</param>
    /// <exception cref="ArgumentException">The samples have another number of features.</exception>
    /// <exception cref="InvalidDataException">A sample is not finite.</exception>
    public static double? Of(IModel model, ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Smoothness(samples);
    }
}
