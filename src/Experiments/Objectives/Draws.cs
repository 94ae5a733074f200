using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Experiments.Objectives;

/// <summary>The random numbers of one position of one epoch: the same whenever, and in whatever batch, it is computed.</summary>
internal static class Draws
{
    private const ulong Samples = 0x4558_5045_0001;

    public static SeededRandom At(ulong seed, int epoch, int position) =>
        new(seed ^ Samples, ((ulong)(uint)epoch << 32) | (uint)position);
}
