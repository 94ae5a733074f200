using System.Buffers.Binary;
using System.IO.Compression;

namespace OrleansSgd.Data.Files;

/// <summary>Reads a gzip file; damage in it is reported with the file's name.</summary>
/// <remarks>The framework takes the end of a file that was cut short for the end of its data. So the size that gzip keeps
/// in its last four bytes (u32 LE, modulo 2^32) is compared when the data end. A file of several gzip parts keeps only
/// the size of the last and is refused too.</remarks>
internal sealed class GzipSource : ForwardStream
{
    private readonly string _name;
    private readonly GZipStream _gzip;
    private readonly uint _sizeStated;
    private long _offset;

    /// <param name="compressed">Seekable, at its start, at least two bytes; disposed with this stream.</param>
    /// <param name="name">The file's name, for errors.</param>
    public GzipSource(Stream compressed, string name)
    {
        _name = name;
        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        compressed.Position = Math.Max(0, compressed.Length - trailer.Length);
        compressed.ReadAtLeast(trailer, trailer.Length, throwOnEndOfStream: false);
        compressed.Position = 0;
        _sizeStated = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        _gzip = new(compressed, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int size = _gzip.Read(buffer);
            _offset += size;
            return size > 0 || buffer.IsEmpty || (uint)_offset == _sizeStated
                ? size
                : throw new InvalidDataException($"the data end there, but {_sizeStated} bytes were packed");
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                $"{_name} is damaged: its gzip data breaks off or is wrong after {_offset} uncompressed bytes. " +
                "Bring a whole copy, or unpack it first if it has several gzip parts.",
                error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }
}
