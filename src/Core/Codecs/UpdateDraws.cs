using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Codecs;

/// <summary>The random numbers of one update: a function of the codec's seed and the update's number, so a replay draws the same.</summary>
/// <remarks>SplitMix64, begun where the pair says. A value on the stack: drawing allocates nothing.</remarks>
internal struct UpdateDraws(ulong seed, long update)
{
    // The update is scrambled before it meets the seed, so that seed 1 of update 2 is not seed 2 of update 1.
    private ulong _state = seed ^ SplitMix.Mix((ulong)update + 1);

    /// <summary>64 random bits.</summary>
    public ulong Next() => SplitMix.Next(ref _state);

    /// <summary>A whole number in [0, <paramref name="max"/>), each exactly as likely.</summary>
    public int NextInt(int max)
    {
        // The high half of a 64 × 64 product is uniform once the few low halves that occur once too often are drawn again.
        ulong high = Math.BigMul(Next(), (ulong)max, out ulong low);
        if (low < (ulong)max)
        {
            ulong excess = (0 - (ulong)max) % (ulong)max;
            while (low < excess)
            {
                high = Math.BigMul(Next(), (ulong)max, out low);
            }
        }

        return (int)high;
    }
}
