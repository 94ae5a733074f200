using System.Buffers.Binary;
using System.IO.Compression;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>Writes PNG pictures of red, green and blue bytes, with the filters a test asks for.</summary>
internal static class PngBytes
{
    /// <param name="pixels">[height × 3 · width].</param>
    /// <param name="filterOf">The filter of each row, 0 to 4; another number writes the row as filter 0 would.</param>
    /// <param name="saysOf">The filter that a row claims, when that is a lie.</param>
    /// <param name="chunk">Most bytes of an IDAT chunk.</param>
    public static byte[] Make(int width, byte[] pixels, Func<int, int> filterOf, int chunk = 1 << 16, byte bits = 8, byte interlacing = 0,
        Func<int, int>? saysOf = null)
    {
        int length = 3 * width;
        int height = pixels.Length / length;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                int filter = filterOf(y);
                zlib.WriteByte((byte)(saysOf ?? filterOf)(y));
                for (int i = 0; i < length; i++)
                {
                    int left = i < 3 ? 0 : pixels[(y * length) + i - 3];
                    int above = y == 0 ? 0 : pixels[((y - 1) * length) + i];
                    int corner = y == 0 || i < 3 ? 0 : pixels[((y - 1) * length) + i - 3];
                    zlib.WriteByte((byte)(pixels[(y * length) + i] - Guess(filter, left, above, corner)));
                }
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (uint)height);
        (header[8], header[9], header[12]) = (bits, 2, interlacing);
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Write(file, "IHDR"u8, header);
        Write(file, "tEXt"u8, new byte[300]);
        foreach (byte[] part in packed.ToArray().Chunk(chunk))
        {
            Write(file, "IDAT"u8, part);
        }

        Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static int Guess(int filter, int left, int above, int corner) => filter switch
    {
        1 => left,
        2 => above,
        3 => (left + above) / 2,
        4 => Nearest(left + above - corner, left, above, corner),
        _ => 0,
    };

    private static int Nearest(int guess, params int[] candidates) => candidates.MinBy(candidate => Math.Abs(candidate - guess));

    // The checksum is left 0: readers of data pass over it.
    private static void Write(MemoryStream file, ReadOnlySpan<byte> type, byte[] contents)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)contents.Length);
        file.Write(length);
        file.Write(type);
        file.Write(contents);
        file.Write(new byte[4]);
    }
}
