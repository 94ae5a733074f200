using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Codecs;

/// <summary>A random number for every coordinate of one update, each computed from its coordinate alone.</summary>
/// <remarks>
/// Three rounds of multiply and shift over 32 bits, keyed before the first and before the last one, so that two updates do not
/// draw the same numbers in another order. No state: eight coordinates at once or one alone give the same numbers.
/// </remarks>
internal readonly struct CoordinateNoise
{
    private const uint FirstFactor = 0x85EB_CA6B;
    private const uint SecondFactor = 0xC2B2_AE35;
    private const uint ThirdFactor = 0x9E37_79B1;

    // The highest 24 bits as a number in [0, 1): what an f32 holds exactly.
    private const int Dropped = 8;
    private const float Unit = 1f / (1 << 24);

    private readonly uint _before;
    private readonly uint _between;

    public CoordinateNoise(ulong seed, long update)
    {
        ulong key = new UpdateDraws(seed, update).Next();
        _before = (uint)key;
        _between = (uint)(key >> 32);
    }

    /// <summary>The number of one coordinate: a multiple of 2⁻²⁴ in [0, 1).</summary>
    public float At(int coordinate)
    {
        uint word = (uint)coordinate ^ _before;
        word = (word ^ (word >> 16)) * FirstFactor;
        word = (word ^ (word >> 13)) * SecondFactor;
        word = ((word ^ (word >> 16)) + _between) * ThirdFactor;
        word ^= word >> 15;
        return (word >> Dropped) * Unit;
    }

    /// <summary>The numbers of eight coordinates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> At(Vector256<int> coordinates)
    {
        Vector256<uint> words = coordinates.AsUInt32() ^ Vector256.Create(_before);
        words = (words ^ (words >> 16)) * FirstFactor;
        words = (words ^ (words >> 13)) * SecondFactor;
        words = ((words ^ (words >> 16)) + Vector256.Create(_between)) * ThirdFactor;
        words ^= words >> 15;
        return Vector256.ConvertToSingle((words >> Dropped).AsInt32()) * Unit;
    }
}
