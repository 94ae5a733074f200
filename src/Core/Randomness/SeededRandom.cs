using System.Numerics;

namespace OrleansSgd.Core.Randomness;

/// <summary>Numbers from a seed: the same seed and stream always give the same numbers, on every machine.</summary>
/// <remarks>
/// <para>xoshiro256** with its state filled by SplitMix64 from seed ⊕ mix(stream). mix(0) = 0, so stream 0 is the
/// reference generator. Give every user a stream of its own (worker, epoch, purpose).</para>
/// <para>256 bits of state, period 2²⁵⁶ − 1. Not for secrets. Not thread-safe.</para>
/// </remarks>
public sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Which of the seed's sequences.</param>
    public SeededRandom(ulong seed, ulong stream = 0)
    {
        ulong state = seed ^ SplitMix.Mix(stream);
        _s0 = SplitMix.Next(ref state);
        _s1 = SplitMix.Next(ref state);
        _s2 = SplitMix.Next(ref state);
        _s3 = SplitMix.Next(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number in [0, <paramref name="max"/>), each exactly as likely.</summary>
    /// <param name="max">At least 1.</param>
    public int NextInt(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);

        // The high half of a 64 × 64 product is uniform once the few low halves that occur once too often are drawn again.
        ulong high = Math.BigMul(NextUInt64(), (ulong)max, out ulong low);
        if (low < (ulong)max)
        {
            ulong excess = (0 - (ulong)max) % (ulong)max;
            while (low < excess)
            {
                high = Math.BigMul(NextUInt64(), (ulong)max, out low);
            }
        }

        return (int)high;
    }

    /// <summary>A multiple of 2⁻²⁴ in [0, 1).</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>A multiple of 2⁻⁵³ in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>A draw from the normal distribution with mean 0 and variance 1.</summary>
    /// <remarks>
    /// Polar method; of each pair one is used, so that the state is the whole state. The logarithm is the system's: its last
    /// bit may differ between operating systems.
    /// </remarks>
    public double NextGaussian()
    {
        double x;
        double radiusSquared;
        do
        {
            x = (2 * NextDouble()) - 1;
            double y = (2 * NextDouble()) - 1;
            radiusSquared = (x * x) + (y * y);
        }
        while (radiusSquared is >= 1 or 0);

        return x * Math.Sqrt(-2 * Math.Log(radiusSquared) / radiusSquared);
    }
}
