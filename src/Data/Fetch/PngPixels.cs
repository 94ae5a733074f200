using System.Buffers.Binary;
using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Fetch;

/// <summary>The contents of a PNG file's IDAT chunks, one after the other.</summary>
internal sealed class PngPixels(Stream file, string name) : ForwardStream
{
    private const int ChecksumSize = 4;

    private long _left;
    private bool _isInChunk;

    public override int Read(Span<byte> buffer)
    {
        while (_left == 0)
        {
            if (!TryFindChunk())
            {
                return 0;
            }
        }

        int read = file.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
        {
            throw CutShort();
        }

        _left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // Goes behind the chunk in use and past those that are not pixels; false at the end of the picture.
    private bool TryFindChunk()
    {
        if (_isInChunk)
        {
            Skip(ChecksumSize);
            _isInChunk = false;
        }

        Span<byte> head = stackalloc byte[8];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            throw CutShort();
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (head[4..].SequenceEqual("IEND"u8))
        {
            return false;
        }

        _isInChunk = head[4..].SequenceEqual("IDAT"u8);
        if (_isInChunk)
        {
            _left = length;
        }
        else
        {
            Skip(length + ChecksumSize);
        }

        return true;
    }

    private void Skip(long size)
    {
        Span<byte> scratch = stackalloc byte[256];
        while (size > 0)
        {
            int read = file.Read(scratch[..(int)Math.Min(scratch.Length, size)]);
            if (read == 0)
            {
                throw CutShort();
            }

            size -= read;
        }
    }

    private InvalidDataException CutShort() => new($"{name} ends inside a chunk; it was cut short.");
}
