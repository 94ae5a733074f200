using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

/// <summary>Batch normalisation as this grid uses it.</summary>
internal static class Norms
{
    /// <summary>
    /// Normalises by the batch while training. Momentum 1 makes the running statistics those of the last batch, so that they can
    /// be read off after it; nothing is carried from one batch to the next.
    /// </summary>
    public static BatchNorm2d Batch(int channels) => torch.nn.BatchNorm2d(channels, momentum: 1);
}
