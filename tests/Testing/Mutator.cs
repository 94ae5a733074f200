using System.Buffers.Binary;

namespace OrleansSgd.Testing;

/// <summary>Damages bytes the way disks, networks and wrong versions do, the same way for the same seed.</summary>
public sealed class Mutator(int seed)
{
    private static readonly long[] Extremes =
        [0, 1, -1, 2, 3, byte.MaxValue, short.MaxValue, int.MaxValue, int.MinValue,
         uint.MaxValue, long.MaxValue, long.MinValue, 0x7F80_0000, 0x7FC0_0000];

    private readonly Random _random = new(seed);

    /// <summary>Bytes without any structure, 0 .. <paramref name="lengthMax"/> of them.</summary>
    public byte[] Noise(int lengthMax)
    {
        byte[] bytes = new byte[_random.Next(lengthMax + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A copy with one to four injuries; it may happen to equal the original.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> original)
    {
        byte[] bytes = original.ToArray();
        for (int injuries = _random.Next(1, 5); injuries > 0; injuries--)
        {
            bytes = Injure(bytes);
        }

        return bytes;
    }

    /// <summary>A number that formats tend to get wrong, or any number.</summary>
    public int NextInt() => _random.Next(2) == 0 ? (int)Extremes[_random.Next(Extremes.Length)] : _random.Next(-4, 64);

    private byte[] Injure(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return Noise(8);
        }

        int at = _random.Next(bytes.Length);
        switch (_random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes, .. Noise(16)];
            case 4:
                return [.. bytes[..at], .. Noise(4), .. bytes[at..]];
            case 5 when bytes.Length >= sizeof(long):
                at = _random.Next((bytes.Length / sizeof(int)) - 1) * sizeof(int);
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), Extremes[_random.Next(Extremes.Length)]);
                return bytes;
            case 6 when bytes.Length >= sizeof(int):
                at = _random.Next(bytes.Length / sizeof(int)) * sizeof(int);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), (int)Extremes[_random.Next(Extremes.Length)]);
                return bytes;
            default:
                bytes.AsSpan(at).Reverse();
                return bytes;
        }
    }
}
