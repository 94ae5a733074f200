using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Randomness;

/// <summary>SplitMix64: spreads a seed over all bits, one to one.</summary>
public static class SplitMix
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The next number of the sequence, and its state moved on.</summary>
    public static ulong Next(ref ulong state) => Mix(state += Golden);

    /// <summary>A bijection of the 64-bit words in which every input bit changes about half of the output; 0 stays 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9;
        word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB;
        return word ^ (word >> 31);
    }

    /// <summary>The same of eight words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<ulong> Mix(Vector512<ulong> words)
    {
        words = (words ^ (words >>> 30)) * 0xBF58_476D_1CE4_E5B9;
        words = (words ^ (words >>> 27)) * 0x94D0_49BB_1331_11EB;
        return words ^ (words >>> 31);
    }
}
