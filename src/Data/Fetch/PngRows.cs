using System.Buffers.Binary;
using System.IO.Compression;

namespace OrleansSgd.Data.Fetch;

/// <summary>Reads a PNG picture of red, green and blue bytes row by row.</summary>
/// <remarks>
/// <para>As much of the format (ISO/IEC 15948) as pictures that carry data need: 8 bits a colour, no palette, no transparency, not
/// interlaced. The checksums of chunks are passed over: zlib's own covers the pixels.</para>
/// <para>Layout: 8 bytes of signature, then chunks of length (u32, big-endian), type (4 letters), contents and CRC. The contents of
/// all IDAT chunks together are one zlib stream of rows, each one byte of filter and 3 · width bytes.</para>
/// </remarks>
internal sealed class PngRows : IDisposable
{
    private const int ColourCount = 3;
    private const int HeaderSize = 13;
    private const int WidthMax = 1 << 14;

    private readonly string _name;
    private readonly ZLibStream _pixels;
    private readonly byte[] _filtered;
    private byte[] _above;
    private byte[] _row;
    private int _rowsRead;

    private PngRows(string name, Stream file, int width, int height)
    {
        _name = name;
        _pixels = new ZLibStream(new PngPixels(file, name), CompressionMode.Decompress);
        _filtered = new byte[1 + (ColourCount * width)];
        _above = new byte[ColourCount * width];
        _row = new byte[ColourCount * width];
        Width = width;
        Height = height;
    }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Reads the header.</summary>
    /// <param name="file">At the first byte; the caller's to dispose, after the rows.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <exception cref="InvalidDataException">It is no picture of this sort.</exception>
    public static PngRows Open(Stream file, string name)
    {
        Span<byte> start = stackalloc byte[8 + 8 + HeaderSize + 4];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length
            || !start.StartsWith(Signature)
            || !start[12..16].SequenceEqual("IHDR"u8))
        {
            throw new InvalidDataException($"{name} is not a PNG picture.");
        }

        ReadOnlySpan<byte> header = start[16..];
        uint width = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (width is 0 or > WidthMax || height is 0 or > int.MaxValue)
        {
            throw new InvalidDataException($"{name} is {width} × {height} pixels; up to {WidthMax} a row are read.");
        }

        return header[8] == 8 && header[9] == 2 && header[12] == 0
            ? new(name, file, (int)width, (int)height)
            : throw new InvalidDataException(
                $"{name} has {header[8]} bits a colour, colour type {header[9]} and interlacing {header[12]}; only 8, 2 and 0 are read.");
    }

    /// <summary>The next row: 3 · width bytes, red, green and blue of each pixel; valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The picture is damaged or has no more rows.</exception>
    public ReadOnlySpan<byte> Next()
    {
        if (_rowsRead == Height || !TryReadFiltered())
        {
            throw new InvalidDataException($"{_name} ends after {_rowsRead} of {Height} rows.");
        }

        (_above, _row) = (_row, _above);
        ReadOnlySpan<byte> coded = _filtered.AsSpan(1);
        switch (_filtered[0])
        {
            case 0:
                coded.CopyTo(_row);
                break;
            case 1:
                AddLeft(coded, _row);
                break;
            case 2:
                AddAbove(coded, _above, _row);
                break;
            case 3:
                AddMean(coded, _above, _row);
                break;
            case 4:
                AddNearest(coded, _above, _row);
                break;
            default:
                throw new InvalidDataException($"{_name} has filter {_filtered[0]} in row {_rowsRead}; a filter is 0 to 4.");
        }

        _rowsRead++;
        return _row;
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();

    private bool TryReadFiltered()
    {
        try
        {
            return _pixels.ReadAtLeast(_filtered, _filtered.Length, throwOnEndOfStream: false) == _filtered.Length;
        }
        catch (IOException error)
        {
            throw new InvalidDataException($"{_name} is damaged in row {_rowsRead}: {error.Message}", error);
        }
    }

    private static void AddLeft(ReadOnlySpan<byte> coded, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (byte)(coded[i] + (i < ColourCount ? 0 : row[i - ColourCount]));
        }
    }

    private static void AddAbove(ReadOnlySpan<byte> coded, ReadOnlySpan<byte> above, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (byte)(coded[i] + above[i]);
        }
    }

    private static void AddMean(ReadOnlySpan<byte> coded, ReadOnlySpan<byte> above, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < ColourCount ? 0 : row[i - ColourCount];
            row[i] = (byte)(coded[i] + ((left + above[i]) >> 1));
        }
    }

    // Paeth: whichever of left, above and above left is nearest to left + above − above left; ties in this order.
    private static void AddNearest(ReadOnlySpan<byte> coded, ReadOnlySpan<byte> above, Span<byte> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < ColourCount ? 0 : row[i - ColourCount];
            int corner = i < ColourCount ? 0 : above[i - ColourCount];
            int toLeft = Math.Abs(above[i] - corner);
            int toAbove = Math.Abs(left - corner);
            int toCorner = Math.Abs(left + above[i] - (2 * corner));
            int nearest = toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above[i] : corner;
            row[i] = (byte)(coded[i] + nearest);
        }
    }
}
