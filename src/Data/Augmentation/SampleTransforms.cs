using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Augmentation;

/// <summary>Makes the augmentation a plan names.</summary>
public static class SampleTransforms
{
    /// <summary>The plan's changes; null when it names none.</summary>
    /// <param name="plan">Without mistakes, also with this shape.</param>
    /// <param name="shape">Extents of one sample: channels, rows, columns.</param>
    /// <param name="seed">The run's seed.</param>
    /// <remarks>The result may be used by any number of threads at once.</remarks>
    /// <exception cref="ArgumentException">The plan asks for changes of images, and the shape is not one.</exception>
    public static ISampleTransform? Create(DataPlan plan, IReadOnlyList<int> shape, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(shape);
        if (plan.Augment is not { Count: > 0 } changes)
        {
            return null;
        }

        foreach (string mistake in plan.MistakesWith("data", shape))
        {
            throw new ArgumentException(mistake, nameof(shape));
        }

        return new CropFlip(
            shape[0], shape[1], shape[2], changes.Contains(Augmentations.Crop), changes.Contains(Augmentations.Flip), seed);
    }
}
